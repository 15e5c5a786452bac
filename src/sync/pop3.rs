//! Fetching from a POP3 server, once each, and deleting there only what is
//! safely here.
//!
//! A look at the mailbox lists what is there, plans (`plan`, pure), fetches
//! and stores (`keep`), and plans again: what may go from the server is read
//! back from the disk, marked there (DELE), and gone once the server says so
//! at the end (QUIT). What became of each message is noted in the transaction
//! that stores it, so that a look cut short at any point is simply repeated.

mod clock;
mod fetch;
mod fingerprint;
mod keep;
mod plan;
mod removal;

use std::collections::HashMap;
use std::time::Instant;

use chrono::{DateTime, Utc};

use self::plan::{Listed, Plan, Rules, Seen};
use super::session::{Error, FolderReport, Tell, Told};
use crate::model::{AccountId, FolderRole, PlacementId, Pop3Policy};
use crate::protocol::pop3::{Connection, Contents, Number, Retrieved};
use crate::store::{Durability, FolderRow, Pop3Row, Store};

/// What a look at a POP3 mailbox needs besides the connection.
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    pub(crate) policy: Pop3Policy,
    /// Fetch no message whole.
    pub(crate) headers_only: bool,
    pub(crate) tell: Tell,
    /// What the clock shows.
    pub(crate) now: DateTime<Utc>,
}

/// A look under way.
struct Look {
    mailbox: Mailbox,
    conn: Connection,
    inbox: FolderRow,
    listing: Vec<Listed>,
    seen: Seen,
    rules: Rules,
    /// Whether unread mail is news to the person: not what was there when the
    /// account was made.
    announces: bool,
    report: FolderReport,
}

impl Mailbox {
    /// One look at the mailbox on a connection, which ends with it: fetches what
    /// is wanted and not here, and deletes there what the person no longer
    /// wants there. Says what it did to which folder.
    pub(crate) async fn look(self, conn: Connection) -> Result<(String, FolderReport), Error> {
        let began = Instant::now();
        let mut look = Look::begin(self, conn).await?;
        let plan = look.settle().await?;
        look.fetch(plan).await?;
        let plan = look.settle().await?;
        let doomed = look.confirm(plan.delete).await?;
        let Look {
            mailbox,
            conn,
            inbox,
            mut report,
            ..
        } = look;
        mailbox.remove(conn, doomed, &mut report).await?;
        mailbox.note_checked(&inbox).await?;
        report.time = began.elapsed();
        Ok((inbox.folder.path, report))
    }

    /// Fetches one message whole: somebody wants to read it.
    pub(crate) async fn body(mut self, conn: Connection, id: PlacementId) -> Result<(), Error> {
        let Some((_, row)) = self.store.read(move |r| r.pop3_source(id)).await? else {
            return Ok(());
        };
        // Looked up only: nothing else is fetched, and nothing deleted.
        self.policy = Pop3Policy {
            delete_when_removed: false,
            ..Pop3Policy::default()
        };
        let mut look = Look::begin(self, conn).await?;
        look.settle().await?;
        let keys = plan::keys(&look.listing, &look.seen);
        let place = keys.iter().position(|key| key.as_ref() == Some(&row.key));
        if let Some(one) = place.and_then(|place| look.listing.get(place)) {
            let wanted = plan::Wanted {
                number: one.number,
                size: one.size,
                key: Some(row.key),
            };
            look.fetch(Plan {
                whole: vec![wanted],
                ..Plan::default()
            })
            .await?;
        }
        if let Err(error) = look.conn.quit().await {
            tracing::debug!(%error, "nothing was to be deleted");
        }
        Ok(())
    }

    async fn note_checked(&self, inbox: &FolderRow) -> Result<(), Error> {
        let (id, account, now) = (inbox.folder.id, self.account, self.now);
        let write = self.store.write(Durability::Crash, move |w| {
            w.set_checked(&[id], now)?;
            w.set_account_checked(account, now)
        });
        Ok(write.await?)
    }

    fn tell(&self, told: Told) {
        (self.tell)(told);
    }
}

impl Look {
    /// Notes that time passed, and asks what is there.
    async fn begin(mailbox: Mailbox, mut conn: Connection) -> Result<Self, Error> {
        let (account, now) = (mailbox.account, mailbox.now.timestamp());
        let write = mailbox.store.write(Durability::Crash, move |w| {
            let inbox = w.folder_for(account, FolderRole::Inbox)?;
            let age = clock::advanced(w.read().age(account)?, now);
            w.set_age(account, age)?;
            let checked = w.read().account_checked(account)?;
            Ok((inbox, age, checked.is_some()))
        });
        let (inbox, age, announces) = write.await?;
        let listing = list(&mut conn).await?;
        let told = conn.capabilities();
        let rules = Rules {
            largest: if mailbox.headers_only {
                0
            } else {
                mailbox.policy.largest()
            },
            policy: mailbox.policy.clone(),
            can_top: told.top() || !told.is_told(),
            age: age.seconds,
        };
        Ok(Self {
            mailbox,
            conn,
            inbox,
            listing,
            seen: Seen::default(),
            rules,
            announces,
            report: FolderReport::default(),
        })
    }

    /// Plans, and looks at headers until all is clear. What came back and what
    /// is gone is noted.
    async fn settle(&mut self) -> Result<Plan, Error> {
        loop {
            let keys = plan::keys(&self.listing, &self.seen);
            let rows = self.rows(&keys).await?;
            let plan = plan::plan(&self.listing, &keys, &rows, &self.seen, &self.rules);
            if plan.look.is_empty() {
                self.note(&plan).await?;
                return Ok(plan);
            }
            self.look_at(&plan.look).await?;
        }
    }

    /// What is known of what is there, and of what was.
    async fn rows(&self, keys: &[Option<String>]) -> Result<Vec<Pop3Row>, Error> {
        let account = self.mailbox.account;
        let keys: Vec<String> = keys.iter().flatten().cloned().collect();
        let read = self.mailbox.store.read(move |r| {
            let mut rows = r.pop3_there(account)?;
            let there: std::collections::HashSet<&str> =
                rows.iter().map(|row| row.key.as_str()).collect();
            let unknown: Vec<String> = keys
                .into_iter()
                .filter(|key| !there.contains(key.as_str()))
                .collect();
            rows.extend(r.pop3_left(account, &unknown)?);
            Ok(rows)
        });
        Ok(read.await?)
    }

    /// Notes what came back, and what is gone from the server. Nothing goes
    /// from here.
    async fn note(&self, plan: &Plan) -> Result<(), Error> {
        if plan.gone.is_empty() && plan.found.is_empty() {
            return Ok(());
        }
        let (gone, found) = (plan.gone.clone(), plan.found.clone());
        let now = self.mailbox.now.timestamp();
        let write = self.mailbox.store.write(Durability::Crash, move |w| {
            w.pop3_gone(&gone, now)?;
            w.pop3_found(&found)
        });
        write.await?;
        // Rows say whether the server has them.
        self.mailbox.tell(Told::Content(self.inbox.folder.id));
        Ok(())
    }

    /// Asks for headers, to recognise messages by.
    async fn look_at(&mut self, numbers: &[u32]) -> Result<(), Error> {
        // What no answer comes for is not asked for again.
        for number in numbers {
            self.seen.headers.insert(*number, None);
        }
        let mut headers = self.conn.top(&as_numbers(numbers), 0)?;
        while let Some((number, header)) = headers.next().await? {
            let hash = match header {
                Retrieved::Whole(bytes) | Retrieved::Begun(bytes) => {
                    Some(fingerprint::of_header(&bytes))
                }
                Retrieved::Refused(_) => None,
            };
            self.seen.headers.insert(number.get(), hash);
        }
        Ok(())
    }
}

/// What is there, with the names the server has for it.
async fn list(conn: &mut Connection) -> Result<Vec<Listed>, Error> {
    let Contents { sizes, names } = conn.contents().await?;
    let mut names: HashMap<Number, String> = names
        .unwrap_or_default()
        .into_iter()
        .map(|(number, name)| (number, name.as_str().to_owned()))
        .collect();
    let listed = |(number, size): (Number, u64)| Listed {
        number: number.get(),
        size,
        uidl: names.remove(&number),
    };
    Ok(sizes.into_iter().map(listed).collect())
}

fn as_numbers(numbers: &[u32]) -> Vec<Number> {
    numbers.iter().copied().filter_map(Number::new).collect()
}

#[cfg(test)]
mod tests;
