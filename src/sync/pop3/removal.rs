//! Deleting on the server what is safely here.

use std::collections::HashMap;

use super::plan::Doomed;
use super::{Look, Mailbox, as_numbers};
use crate::protocol::pop3::Connection;
use crate::store::{self, Durability, Hash, Store};
use crate::sync::session::{Error, FolderReport, Told};

/// How many messages are read back at a time.
const CHUNK: usize = 50;

impl Look {
    /// Reads back from the disk what is to be deleted on the server, and gives
    /// what is here as it should be, or was removed by the person.
    pub(super) async fn confirm(&mut self, doomed: Vec<Doomed>) -> Result<Vec<Doomed>, Error> {
        let mut confirmed = Vec::with_capacity(doomed.len());
        let mut damaged = Vec::new();
        for chunk in doomed.chunks(CHUNK) {
            let hashes: Vec<Hash> = chunk.iter().filter_map(|one| one.stored).collect();
            let bad = damaged_among(&self.mailbox.store, hashes).await?;
            let is_bad = |one: &&Doomed| one.stored.is_some_and(|hash| bad.contains(&hash));
            confirmed.extend(chunk.iter().filter(|one| !is_bad(one)).cloned());
            damaged.extend(bad);
        }
        if !damaged.is_empty() {
            let count = damaged.len();
            self.report.notices.push(format!(
                "{}: {count} messages stay on the server: what was stored of them cannot be read. \
                 They are fetched again with the next check.",
                self.inbox.folder.path
            ));
            let forget = self.mailbox.store.write(Durability::PowerCut, move |w| {
                for hash in &damaged {
                    w.forget_damaged(hash)?;
                }
                Ok(())
            });
            forget.await?;
        }
        Ok(confirmed)
    }
}

async fn damaged_among(store: &Store, hashes: Vec<Hash>) -> store::Result<Vec<Hash>> {
    let read = store.read(move |r| {
        let mut damaged = Vec::new();
        for hash in hashes {
            if !r.is_raw_whole(&hash)? {
                damaged.push(hash);
            }
        }
        Ok(damaged)
    });
    read.await
}

impl Mailbox {
    /// Marks messages on the server and ends the session, which deletes them.
    /// Only then they are noted as gone; where nobody knows, the next listing
    /// tells.
    pub(super) async fn remove(
        &self,
        mut conn: Connection,
        doomed: Vec<Doomed>,
        report: &mut FolderReport,
    ) -> Result<(), Error> {
        let rows: HashMap<u32, i64> = doomed.iter().map(|one| (one.number, one.row)).collect();
        let numbers: Vec<u32> = doomed.iter().map(|one| one.number).collect();
        let marked = if numbers.is_empty() {
            Vec::new()
        } else {
            let outcome = conn.delete(&as_numbers(&numbers)).await?;
            if let Some((_, refusal)) = outcome.refused.first() {
                let count = outcome.refused.len();
                report.notices.push(format!(
                    "The server keeps {count} messages that were to be deleted there. It said: {}",
                    refusal.said
                ));
            }
            outcome.marked
        };
        let ended = conn.quit().await;
        if marked.is_empty() {
            return Ok(());
        }
        if let Err(error) = ended {
            let error = crate::Error::from(error);
            report.notices.push(format!(
                "It is not known whether the server deleted {} messages: {error} The next check \
                 tells.",
                marked.len()
            ));
            return Ok(());
        }
        let gone: Vec<i64> = marked
            .iter()
            .filter_map(|number| rows.get(&number.get()).copied())
            .collect();
        let now = self.now.timestamp();
        let write = self.store.write(Durability::Crash, move |w| {
            w.pop3_gone(&gone, now)?;
            w.read().pop3_placements(&gone)
        });
        let placements = write.await?;
        self.tell(Told::Rows(placements));
        Ok(())
    }
}
