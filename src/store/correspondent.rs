//! Who wrote to the person, and to whom the person wrote.

use rusqlite::{OptionalExtension, params};

use super::{NewEmail, Read, Result, Write};
use crate::model::{AccountId, Acquaintance, Address, PlacementId};

/// An address as it is kept; nothing for what is none.
fn kept(address: &Address) -> Option<String> {
    address.domain().map(|_| address.address.to_lowercase())
}

impl Read<'_> {
    /// What is known of an address.
    pub(crate) fn acquaintance(&self, address: &Address) -> Result<Acquaintance> {
        let known = self
            .mail
            .prepare_cached("SELECT since, written FROM correspondent WHERE address = ?1")?
            .query_row([kept(address)], |row| {
                Ok(Acquaintance {
                    since: row.get(0)?,
                    written: row.get(1)?,
                })
            })
            .optional()?;
        Ok(known.unwrap_or_default())
    }

    /// The domains of all the addresses that the person wrote to, each once.
    pub(crate) fn domains_written_to(&self) -> Result<Vec<String>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT DISTINCT substr(address, instr(address, '@') + 1) FROM correspondent
             WHERE written <> 0",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When a message was written, as lists have it, Unix seconds.
    pub(crate) fn written_at(&self, id: PlacementId) -> Result<i64> {
        let mut statement = self.mail.prepare_cached(
            "SELECT email.date FROM placement JOIN email ON email.id = placement.email
             WHERE placement.id = ?1",
        )?;
        Ok(statement.query_row([id.0], |row| row.get(0))?)
    }

    fn is_own(&self, address: &str) -> Result<bool> {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let mut statement = self.mail.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM own_address WHERE address IN (?1, ?2))",
        )?;
        let own = statement.query_row([address, &format!("*@{domain}")], |row| row.get(0))?;
        Ok(own)
    }
}

impl Write<'_> {
    /// Notes which addresses are the person's own at an account.
    pub(crate) fn set_own_addresses(&self, account: AccountId, own: &[Address]) -> Result<()> {
        self.mail
            .execute("DELETE FROM own_address WHERE account = ?1", [account.0])?;
        let mut insert = self
            .mail
            .prepare_cached("INSERT OR IGNORE INTO own_address VALUES (?1, ?2)")?;
        for address in own.iter().filter_map(kept) {
            insert.execute(params![account.0, address])?;
        }
        Ok(())
    }

    /// Notes who wrote a message, or whom the person wrote it to.
    pub(super) fn note_people(&self, email: &NewEmail) -> Result<()> {
        let Some(author) = email.from.first().and_then(kept) else {
            return Ok(());
        };
        let since = self.mail.prepare_cached(
            "INSERT INTO correspondent (address, since) VALUES (?1, ?2)
             ON CONFLICT (address) DO UPDATE SET since = excluded.since
             WHERE since IS NULL OR since > excluded.since",
        );
        since?.execute(params![author, email.date.timestamp()])?;
        if !self.read().is_own(&author)? {
            return Ok(());
        }
        let mut written = self.mail.prepare_cached(
            "INSERT INTO correspondent (address, written) VALUES (?1, 1)
             ON CONFLICT (address) DO UPDATE SET written = 1 WHERE written = 0",
        )?;
        for address in email.to.iter().chain(&email.copies).filter_map(kept) {
            written.execute([address])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{bench, email};
    use crate::store::{Durability, Store};

    async fn add(store: &Store, from: &str, to: &str, minute: i64) {
        let mut new = email("", &[], minute);
        new.from = vec![Address::new("", from)];
        new.to = vec![Address::new("", to)];
        let write = store.write(Durability::Crash, move |w| w.add_email(&new).map(drop));
        write.await.unwrap();
    }

    async fn known(store: &Store, address: &str) -> Acquaintance {
        let address = Address::new("", address);
        store.read(move |r| r.acquaintance(&address)).await.unwrap()
    }

    #[tokio::test]
    async fn people_are_known_by_their_first_message_and_by_what_was_written_to_them() {
        let bench = bench().await;
        let store = bench.store;
        let own = [
            Address::new("", "Me@home.test"),
            Address::new("", "*@own.test"),
        ];
        let write = store.write(Durability::Crash, move |w| {
            w.set_own_addresses(AccountId(1), &own)
        });
        write.await.unwrap();
        add(&store, "Ada@x.test", "me@home.test", 5).await;
        add(&store, "ada@X.test", "me@home.test", 3).await;
        add(&store, "ada@x.test", "me@home.test", 9).await;
        let first = email("", &[], 3).date.timestamp();
        let ada = known(&store, "ADA@x.test").await;
        assert_eq!((ada.since, ada.written), (Some(first), false));
        assert_eq!(known(&store, "bob@y.test").await, Acquaintance::default());
        add(&store, "me@home.test", "bob@y.test", 1).await;
        add(&store, "any@own.test", "Ada@x.test", 1).await;
        add(&store, "ada@x.test", "stranger@z.test", 1).await;
        assert!(known(&store, "ada@x.test").await.written);
        let bob = known(&store, "bob@y.test").await;
        assert_eq!((bob.since, bob.written), (None, true));
        assert!(!known(&store, "stranger@z.test").await.written);
        let sorted = store.read(|r| {
            let mut domains = r.domains_written_to()?;
            domains.sort();
            Ok(domains)
        });
        let domains = sorted.await.unwrap();
        assert_eq!(domains, ["x.test", "y.test"]);
    }
}
