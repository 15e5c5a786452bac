//! Opening folders and asking for what is new in them, several at once and
//! all in one round trip.

use std::collections::BTreeMap;

use async_imap::imap_proto::Response;

use super::command::Command;
use super::conn::{Done, Flight, IN_FLIGHT, ImapConn, Untagged};
use super::error::Error;
use super::fetch::{self, Ask, Fetched};
use super::own::Own;
use super::resync::{self, Gathered, Known, Resynced};
use super::select::Opening;
use crate::model::Uid;

/// What shall be learned of a folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FolderAsk<'a> {
    /// Its raw name.
    pub(crate) raw: &'a str,
    /// What is known of it here, where anything is.
    pub(crate) known: Option<Known>,
    /// The first and the last UID of messages whose summaries and headers are
    /// wanted: what a STATUS said is new. Keep it to a few hundred, all of
    /// them are held in memory.
    pub(crate) new: Option<(Uid, Uid)>,
}

/// A folder as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenedFolder {
    /// What the server said of the folder, and what changed in it.
    pub(crate) resynced: Resynced,
    /// The headers that were asked for, of those messages that are there.
    /// None where the server refused them.
    pub(crate) headers: Option<Vec<Fetched>>,
}

/// Whether changes can be asked for, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The answer to SELECT tells all.
    Resync(Known),
    /// A FETCH tells which flags changed.
    ChangedSince(Known),
    /// Nothing can be told.
    Plain,
}

/// A folder whose answers are still to come.
#[derive(Debug)]
struct Awaited {
    way: Way,
    new: Option<(Uid, Uid)>,
}

impl ImapConn {
    /// Opens these folders one after the other without waiting in between.
    /// The last one that opened stays open. A folder that is refused does not
    /// disturb the others. The answers are in the order of `asks`.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn open_folders(
        &mut self,
        asks: &[FolderAsk<'_>],
    ) -> Result<Vec<Result<OpenedFolder, Error>>, Error> {
        self.settle().await?;
        let mut found = Vec::with_capacity(asks.len());
        let (mut flight, mut awaited) = (Flight::default(), Vec::new());
        for ask in asks {
            let way = self.way(ask.known);
            let commands = self.opening_commands(ask, way);
            // A name whose literal needs leave goes out alone.
            let alone = !commands.iter().all(|command| self.flies(command));
            if alone || flight.len() + commands.len() > IN_FLIGHT {
                self.land_folders(&mut flight, &mut awaited, &mut found)
                    .await?;
            }
            if alone {
                found.push(self.open_alone(commands, way, ask.new).await?);
                continue;
            }
            for command in commands {
                self.join(&mut flight, command, &mut |_| {}).await?;
            }
            awaited.push(Awaited { way, new: ask.new });
        }
        self.land_folders(&mut flight, &mut awaited, &mut found)
            .await?;
        Ok(found)
    }

    fn way(&self, known: Option<Known>) -> Way {
        // No sequence may be 0 (RFC 7162, 7: mod-sequence-value).
        match known.filter(|known| known.modseq.0 > 0) {
            Some(known) if self.has_enabled("QRESYNC") => Way::Resync(known),
            Some(known) if self.capabilities.condstore() => Way::ChangedSince(known),
            _ => Way::Plain,
        }
    }

    /// The commands for one folder: SELECT first.
    fn opening_commands<'a>(&self, ask: &FolderAsk<'a>, way: Way) -> Vec<Command<'a>> {
        let mut commands = Vec::new();
        match way {
            Way::Resync(known) => commands.push(resync::command(ask.raw, &known)),
            Way::ChangedSince(known) => {
                let since = known.modseq.0;
                let words = format!("1:* (UID FLAGS MODSEQ) (CHANGEDSINCE {since})");
                commands.push(self.select_command(ask.raw));
                commands.push(Command::new(fetch::BY_UID).words(&words));
            }
            Way::Plain => commands.push(self.select_command(ask.raw)),
        }
        if let Some((first, last)) = ask.new {
            let items = self.items(Ask::Headers);
            let words = format!("{first}:{last} {items}");
            commands.push(Command::new(fetch::BY_UID).words(&words));
        }
        commands
    }

    async fn land_folders(
        &mut self,
        flight: &mut Flight,
        awaited: &mut Vec<Awaited>,
        found: &mut Vec<Result<OpenedFolder, Error>>,
    ) -> Result<(), Error> {
        for folder in awaited.drain(..) {
            found.push(self.land_folder(flight, &folder).await?);
        }
        Ok(())
    }

    async fn open_alone(
        &mut self,
        commands: Vec<Command<'_>>,
        way: Way,
        new: Option<(Uid, Uid)>,
    ) -> Result<Result<OpenedFolder, Error>, Error> {
        let mut flight = Flight::default();
        for (at, command) in commands.into_iter().enumerate() {
            // Only SELECT, the first, names the folder.
            match self.join(&mut flight, command, &mut |_| {}).await {
                Err(error) if at == 0 && error.is_refusal() => return Ok(Err(error)),
                Err(error) => return Err(error),
                Ok(()) => {}
            }
        }
        self.land_folder(&mut flight, &Awaited { way, new }).await
    }

    /// Reads the answers to the commands for one folder.
    async fn land_folder(
        &mut self,
        flight: &mut Flight,
        folder: &Awaited,
    ) -> Result<Result<OpenedFolder, Error>, Error> {
        self.begin_opening();
        let (mut opening, mut gathered) = (Opening::default(), Gathered::default());
        let done = self
            .land(flight, &mut |untagged| {
                gathered.see(&untagged);
                if opening.see(untagged) {
                    gathered = Gathered::default();
                }
            })
            .await;
        // A refused SELECT: the other commands of this folder are refused too.
        let selected = match done {
            Ok(done) => self.end_opening(opening, &done),
            Err(error) => Err(error),
        };
        let selected = match selected {
            Err(error) if self.is_lost() => return Err(error),
            other => other,
        };
        let mut gathered_flags = None;
        if let Way::ChangedSince(_) = folder.way {
            let mut flags = Gathered::default();
            let done = self.land(flight, &mut |told| flags.see(&told)).await;
            gathered_flags = self.outcome(done)?.map(|_| flags);
        }
        let headers = self.land_headers(flight, folder.new).await?;
        let selected = match selected {
            Ok(selected) => selected,
            Err(error) => return Ok(Err(error)),
        };
        let resynced = match (folder.way, gathered_flags) {
            (Way::Resync(known), _) => resync::judge(selected, &known, gathered, true),
            (Way::ChangedSince(known), Some(flags)) => {
                resync::judge(selected, &known, flags, false)
            }
            _ => Resynced::nothing(selected),
        };
        Ok(Ok(OpenedFolder { resynced, headers }))
    }

    /// Reads the headers that were asked for, and none of another message.
    async fn land_headers(
        &mut self,
        flight: &mut Flight,
        new: Option<(Uid, Uid)>,
    ) -> Result<Option<Vec<Fetched>>, Error> {
        let Some((first, last)) = new else {
            return Ok(Some(Vec::new()));
        };
        let mut headers: BTreeMap<Uid, Fetched> = BTreeMap::new();
        let mut keep = |fetched: Fetched| {
            if let Some(uid) = fetched.uid.filter(|uid| (first..=last).contains(uid))
                && fetched.bytes.is_some()
            {
                headers.insert(uid, fetched);
            }
        };
        let done = self
            .land(flight, &mut |untagged| match untagged {
                Untagged::Data(Response::Fetch(_, values)) => keep(fetch::read(values)),
                Untagged::Own(Own::Fetch(items)) => keep(fetch::read_odd(&items)),
                _ => {}
            })
            .await;
        let done = self.outcome(done)?;
        Ok(done.map(|_| headers.into_values().collect()))
    }

    /// None where only this command failed.
    fn outcome(&self, done: Result<Done, Error>) -> Result<Option<Done>, Error> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(_) if !self.is_lost() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
