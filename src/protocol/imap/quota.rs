//! How full a mailbox is (RFC 9208).

use super::command::Command;
use super::conn::{ImapConn, Untagged};
use super::error::Error;
use super::own::Own;
use crate::model::Quota;

impl ImapConn {
    /// How full what a folder counts to is. None where the server has no
    /// limit, or does not tell.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn quota_root(&mut self, raw: &str) -> Result<Option<Quota>, Error> {
        if !self.capabilities.quota() {
            return Ok(None);
        }
        let mut tightest: Option<Quota> = None;
        let command = Command::new("GETQUOTAROOT").folder(raw);
        self.run(command, &mut |untagged| {
            if let Untagged::Own(Own::Quota(Some((used, limit)))) = untagged {
                let quota = Quota {
                    used: used.saturating_mul(1024),
                    limit: limit.saturating_mul(1024),
                };
                let left = |quota: &Quota| quota.limit.saturating_sub(quota.used);
                // The first root that is full ends it for all.
                if tightest.is_none_or(|known| left(&quota) < left(&known)) {
                    tightest = Some(quota);
                }
            }
        })
        .await?;
        Ok(tightest)
    }
}
