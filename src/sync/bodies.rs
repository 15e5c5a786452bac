//! The messages themselves, byte for byte: newest first, the inbox before all.

use std::collections::VecDeque;
use std::time::Instant;

use super::fetched::{BIG, Message};
use super::receive::Arrived;
use super::session::{Error, Session, Told};
use crate::model::{AccountId, EmailId, IndexText, PlacementId, Uid};
use crate::store::{Durability, FolderRow, NewEmail, PackedRaw, Store, Unfetched};

/// How much one FETCH asks for: enough to keep the line busy, little enough
/// that a message the person opens does not wait behind it.
const CHUNK_BYTES: u64 = 4 << 20;
const CHUNK_MESSAGES: usize = 250;

/// How many chunks are packed and stored while the next one is fetched.
const AT_ONCE: usize = 2;

impl Session {
    /// Fetches every body that is not here yet.
    pub(super) async fn bodies(&mut self, only: Option<&str>) -> Result<(), Error> {
        let account = self.account;
        let (folders, wanted) = self
            .store
            .read(move |r| Ok((r.folders(Some(account))?, r.unfetched(account)?)))
            .await?;
        for of_folder in wanted.chunk_by(|a, b| a.folder == b.folder) {
            let row = of_folder
                .first()
                .and_then(|first| folders.iter().find(|row| row.folder.id == first.folder));
            let Some(row) = row else { continue };
            if only.is_none_or(|path| path == row.folder.path) {
                let result = self.bodies_of_folder(row, of_folder).await;
                let path = row.folder.path.clone();
                self.keep_going(&path, result)?;
            }
        }
        Ok(())
    }

    async fn bodies_of_folder(
        &mut self,
        row: &FolderRow,
        wanted: &[Unfetched],
    ) -> Result<(), Error> {
        let began = Instant::now();
        self.select_if_needed(row).await?;
        let mut keeping = VecDeque::with_capacity(AT_ONCE);
        for chunk in chunks(wanted) {
            self.serve_urgent(Some(row)).await?;
            let fetched = self.chunk(chunk).await?;
            let bytes: u64 = fetched
                .iter()
                .map(|message| message.bytes.len() as u64)
                .sum();
            self.report(&row.folder.path).bytes += bytes;
            // Packing overlaps with fetching, up to a bound for the memory.
            if keeping.len() == AT_ONCE {
                self.kept(row, keeping.pop_front()).await?;
            }
            let task = tokio::spawn(keep(
                self.store.clone(),
                self.account,
                chunk.to_vec(),
                fetched,
            ));
            keeping.push_back((task, chunk));
        }
        while let Some(chunk) = keeping.pop_front() {
            self.kept(row, Some(chunk)).await?;
        }
        self.report(&row.folder.path).time += began.elapsed();
        Ok(())
    }

    /// Waits until a chunk is stored, and tells.
    async fn kept(&self, row: &FolderRow, keeping: Option<Keeping<'_>>) -> Result<(), Error> {
        let Some((task, chunk)) = keeping else {
            return Ok(());
        };
        task.await??;
        self.told(Told::Rows(
            chunk.iter().map(|message| message.placement).collect(),
        ));
        self.progress(&row.folder).await
    }

    /// Fetches one message now: somebody wants to read it.
    pub(crate) async fn body_now(&mut self, placement: PlacementId) -> Result<(), Error> {
        let (row, uid, email, size) = self
            .store
            .read(move |r| {
                let placement = r.placement(placement)?;
                let folder = r.folder(placement.folder)?;
                Ok((folder, placement.uid, placement.email, placement.size))
            })
            .await?;
        let Some(uid) = uid else { return Ok(()) };
        self.select_if_needed(&row).await?;
        let wanted = vec![Unfetched {
            placement,
            email,
            folder: row.folder.id,
            uid,
            size,
        }];
        let fetched = self.chunk(&wanted).await?;
        keep(self.store.clone(), self.account, wanted, fetched).await?;
        self.told(Told::Rows(vec![placement]));
        Ok(())
    }

    async fn chunk(&mut self, wanted: &[Unfetched]) -> Result<Vec<Message>, Error> {
        if let [one] = wanted
            && one.size > BIG
        {
            return Ok(self.big_message(one.uid).await?.into_iter().collect());
        }
        let uids: Vec<Uid> = wanted.iter().map(|message| message.uid).collect();
        self.messages(&uids).await
    }

    pub(super) async fn select_if_needed(&mut self, row: &FolderRow) -> Result<(), Error> {
        if self.selected.as_deref() == Some(row.remote_name.as_str()) {
            return Ok(());
        }
        let selected = self.select(&row.remote_name).await?;
        if Some(selected.uid_validity) == row.state.uid_validity {
            Ok(())
        } else {
            // The UIDs in hand are of another generation: the next pass
            // matches anew; asking with them would fetch strangers.
            self.selected = None;
            Err(Error::Renumbered {
                folder: row.folder.path.clone(),
            })
        }
    }
}

/// A chunk that is being packed and stored.
type Keeping<'a> = (tokio::task::JoinHandle<Result<(), Error>>, &'a [Unfetched]);

/// Cuts the list by count and by size.
fn chunks(wanted: &[Unfetched]) -> impl Iterator<Item = &[Unfetched]> {
    let mut rest = wanted;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |message: &&Unfetched| {
            bytes += message.size;
            bytes <= CHUNK_BYTES
        };
        let count = rest.iter().take(CHUNK_MESSAGES).take_while(fits).count();
        let (now, later) = rest.split_at(count.max(1).min(rest.len()));
        rest = later;
        (!now.is_empty()).then_some(now)
    })
}

/// Packs and stores what came. What the server left out is asked for again in
/// the next pass.
async fn keep(
    store: Store,
    account: AccountId,
    wanted: Vec<Unfetched>,
    fetched: Vec<Message>,
) -> Result<(), Error> {
    let packed = tokio::task::spawn_blocking(move || {
        fetched
            .iter()
            .map(|message| pack(account, &wanted, message))
            .collect::<Vec<_>>()
    })
    .await?;
    let stored = store
        .write(Durability::Crash, move |w| {
            let mut stored = Vec::with_capacity(packed.len());
            for message in packed.into_iter().flatten() {
                let (email, described, raw, text) = message?;
                stored.push((w.complete_email(email, &described, &raw)?, text));
            }
            Ok(stored)
        })
        .await?;
    store.index(stored);
    Ok(())
}

type Packed = crate::store::Result<(EmailId, NewEmail, PackedRaw, IndexText)>;

fn pack(account: AccountId, wanted: &[Unfetched], message: &Message) -> Option<Packed> {
    let email = wanted
        .iter()
        .find(|wanted| wanted.uid == message.uid)?
        .email;
    let size = message.bytes.len() as u64;
    let arrived = Arrived {
        account,
        received: message.received,
        size,
    };
    let (described, text) = arrived.whole_with_text(&message.bytes);
    Some(PackedRaw::new(&message.bytes).map(|raw| (email, described, raw, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FolderId;

    fn sized(sizes: &[u64]) -> Vec<Unfetched> {
        let message = |(n, size): (usize, &u64)| Unfetched {
            placement: PlacementId(n as i64),
            email: EmailId(n as i64),
            folder: FolderId(1),
            uid: Uid::new(n as u32 + 1).unwrap(),
            size: *size,
        };
        sizes.iter().enumerate().map(message).collect()
    }

    #[test]
    fn chunks_hold_everything_once_and_a_giant_goes_alone() {
        let wanted = sized(&[10, CHUNK_BYTES * 3, 20, 30, CHUNK_BYTES, 40]);
        let lengths: Vec<usize> = chunks(&wanted).map(<[_]>::len).collect();
        assert_eq!(lengths, [1, 1, 2, 1, 1]);
        assert_eq!(
            chunks(&sized(&[1; 600]))
                .map(<[_]>::len)
                .collect::<Vec<_>>(),
            [250, 250, 100]
        );
        assert_eq!(chunks(&[]).count(), 0);
    }
}
