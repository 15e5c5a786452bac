//! The rules by which what is done here one after the other becomes what the
//! server is told: each a line of a table.

use super::*;
use crate::model::{Flag, KeywordChange};

/// What a person, or the telling, does.
#[derive(Clone, Copy)]
enum Do {
    Star(bool),
    Tag(bool),
    Move(&'static str),
    CopyTo(&'static str),
    Gone,
    /// The server is asked, and the answer not here yet.
    Begin,
    /// The server did the first move, copy or upload, and gave this UID.
    Told(u32),
    /// The server refuses all that it was asked.
    Refused,
    /// The original of a copy goes for good.
    OriginalGone,
}

use Do::{Begin, CopyTo, Gone, Move, OriginalGone, Refused, Star, Tag, Told};

struct Rules {
    bench: Bench,
    /// What is acted on: the message, or its last copy.
    row: PlacementId,
    original: PlacementId,
}

impl Rules {
    async fn new() -> Self {
        let bench = bench().await;
        bench
            .write(|w| {
                let archive = w.folder_for(ACCOUNT, FolderRole::Archive)?.folder.id;
                for (folder, validity) in [(archive, 8), (w.folder("Trash")?, 9)] {
                    let state = SyncState {
                        uid_validity: UidValidity::new(validity),
                        uid_next: 60,
                        ..SyncState::default()
                    };
                    w.set_sync_state(folder, state)?;
                }
                Ok(())
            })
            .await;
        let (_, row) = bench.add(email("a", &[], 1), 5).await;
        Self {
            bench,
            row,
            original: row,
        }
    }

    async fn act(&mut self, action: Do) {
        let (row, original) = (self.row, self.original);
        let acted = self
            .bench
            .write(move |w| {
                let here = || w.read().placement(row);
                match action {
                    Star(on) => w.change_flag(&here()?, FlagChange::flagged(on))?,
                    Tag(on) => {
                        let keyword = "work".parse().unwrap();
                        w.change_keyword(&here()?, &KeywordChange { keyword, on })?;
                    }
                    Move(to) => w.change_folder(&here()?, w.folder(to)?)?,
                    CopyTo(to) => return w.copy_to(&here()?, w.folder(to)?),
                    Gone => w.change_to_gone(&here()?)?,
                    OriginalGone => w.change_to_gone(&w.read().placement(original)?)?,
                    Begin => {
                        let pending = w.read().pending(ACCOUNT)?;
                        w.begin(&pending, 70)?;
                    }
                    Told(uid) => {
                        let pending = w.read().pending(ACCOUNT)?;
                        let op = pending.iter().find(|op| op.placement != PlacementId(0));
                        let op = op.unwrap();
                        let goal = match op.change {
                            Change::Move(target) | Change::Copy(target) => target,
                            _ => op.folder,
                        };
                        w.arrived(op, goal, Uid::new(uid))?;
                    }
                    Refused => {
                        for op in w.read().pending(ACCOUNT)? {
                            w.take_back(&op)?;
                        }
                    }
                }
                Ok(row)
            })
            .await;
        self.row = acted;
    }

    /// The queue and the row, as words.
    async fn state(&self) -> (Vec<String>, String) {
        let row = self.row;
        self.bench
            .read(move |r| {
                let path = |id| Ok::<_, Error>(r.folder(id)?.folder.path);
                let mut queue = Vec::new();
                for op in r.pending(ACCOUNT)? {
                    let what = match &op.change {
                        Change::Flag(change) => format!("{} {}", change.flag.imap(), change.on),
                        Change::Keyword(change) => format!("{} {}", change.keyword, change.on),
                        Change::Move(to) => format!("to {}", path(*to)?),
                        Change::Copy(to) => format!("copy to {}", path(*to)?),
                        Change::Expunge => "expunge".to_owned(),
                        other => format!("{other:?}"),
                    };
                    let uid = op.uid.map_or(0, Uid::get);
                    queue.push(format!("{} {uid}: {what}", path(op.folder)?));
                }
                let here = match r.placement(row) {
                    Ok(row) => format!(
                        "{} {}{}{}",
                        path(row.folder)?,
                        row.uid.map_or(0, Uid::get),
                        if row.flags.has(Flag::Flagged) {
                            " *"
                        } else {
                            ""
                        },
                        if row.keywords.is_empty() { "" } else { " #" },
                    ),
                    Err(_) => "gone".to_owned(),
                };
                Ok((queue, here))
            })
            .await
    }
}

impl Write<'_> {
    fn folder(&self, path: &str) -> Result<FolderId> {
        let row = self.read().folder_by_path(ACCOUNT, path)?;
        Ok(row.ok_or(Error::NotFound)?.folder.id)
    }
}

async fn hold(rules: &[(&[Do], &[&str], &str)]) {
    for (actions, queue, here) in rules {
        let mut bench = Rules::new().await;
        for action in *actions {
            bench.act(*action).await;
        }
        let found = bench.state().await;
        assert_eq!(
            found,
            (
                queue.iter().map(|op| (*op).to_owned()).collect(),
                (*here).to_owned()
            )
        );
    }
}

#[tokio::test]
async fn opposites_cancel_while_the_server_never_heard_of_them() {
    hold(&[
        (&[Star(true)], &["INBOX 5: \\Flagged true"], "INBOX 5 *"),
        (&[Star(true), Star(false)], &[], "INBOX 5"),
        (&[Tag(true), Tag(false)], &[], "INBOX 5"),
        (&[Tag(true)], &["INBOX 5: work true"], "INBOX 5 #"),
        (
            &[Star(true), Begin, Star(false)],
            &["INBOX 5: \\Flagged false"],
            "INBOX 5",
        ),
        (
            &[Star(true), Begin, Star(false), Star(true)],
            &[],
            "INBOX 5 *",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_move_is_changed_until_the_server_heard_of_it() {
    hold(&[
        (&[Move("Trash")], &["INBOX 5: to Trash"], "Trash 0"),
        (&[Move("Trash"), Move("INBOX")], &[], "INBOX 5"),
        (
            &[Move("Trash"), Move("Archive")],
            &["INBOX 5: to Archive"],
            "Archive 0",
        ),
        // It may have been done: the rest is told once that is known.
        (
            &[Move("Trash"), Begin, Move("INBOX")],
            &["INBOX 5: to Trash"],
            "INBOX 0",
        ),
        (
            &[Move("Trash"), Begin, Move("INBOX"), Told(80)],
            &["Trash 80: to INBOX"],
            "INBOX 0",
        ),
        (
            &[Move("Trash"), Begin, Move("Archive"), Told(80)],
            &["Trash 80: to Archive"],
            "Archive 0",
        ),
        (
            &[
                Move("Trash"),
                Begin,
                Move("Archive"),
                Move("Trash"),
                Told(80),
            ],
            &[],
            "Trash 80",
        ),
        // Refused on its way: straight from where it still is.
        (
            &[Move("Trash"), Begin, Move("Archive"), Refused],
            &["INBOX 5: to Archive"],
            "Archive 0",
        ),
        (&[Move("Trash"), Begin, Refused], &[], "INBOX 5"),
    ])
    .await;
}

#[tokio::test]
async fn a_mark_on_a_moving_message_follows_it() {
    hold(&[
        (
            &[Star(true), Move("Trash")],
            &["INBOX 5: \\Flagged true", "INBOX 5: to Trash"],
            "Trash 0 *",
        ),
        (
            &[Move("Trash"), Star(true)],
            &["INBOX 5: to Trash", "Trash 0: \\Flagged true"],
            "Trash 0 *",
        ),
        (
            &[Move("Trash"), Star(true), Begin, Told(80)],
            &["Trash 80: \\Flagged true"],
            "Trash 80 *",
        ),
        (
            &[Move("Trash"), Tag(true), Move("INBOX")],
            &["INBOX 5: work true"],
            "INBOX 5 #",
        ),
        (&[Star(true), Begin, Refused], &[], "INBOX 5"),
        (&[Tag(true), Begin, Refused], &[], "INBOX 5"),
    ])
    .await;
}

#[tokio::test]
async fn what_goes_for_good_goes_wherever_it_may_be() {
    hold(&[
        (&[Star(true), Gone], &["INBOX 5: expunge"], "gone"),
        (&[Move("Trash"), Gone], &["INBOX 5: expunge"], "gone"),
        (
            &[Move("Trash"), Begin, Gone],
            &["INBOX 5: expunge", "Trash 0: expunge"],
            "gone",
        ),
        (
            &[Move("Trash"), Begin, Told(80), Gone],
            &["Trash 80: expunge"],
            "gone",
        ),
        (
            &[Move("Trash"), Begin, Told(0), Gone],
            &["Trash 0: expunge"],
            "gone",
        ),
        (&[CopyTo("Trash"), Gone], &[], "gone"),
        (
            &[CopyTo("Trash"), Begin, Gone],
            &["Trash 0: expunge"],
            "gone",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_copy_is_made_from_where_the_server_has_the_message() {
    hold(&[
        (&[CopyTo("Trash")], &["INBOX 5: copy to Trash"], "Trash 0"),
        (
            &[CopyTo("Trash"), Star(true)],
            &["INBOX 5: copy to Trash", "Trash 0: \\Flagged true"],
            "Trash 0 *",
        ),
        (
            &[CopyTo("Trash"), Begin, Star(true), Told(80)],
            &["Trash 80: \\Flagged true"],
            "Trash 80 *",
        ),
        (
            &[CopyTo("Trash"), Move("Archive")],
            &["INBOX 5: copy to Archive"],
            "Archive 0",
        ),
        (
            &[CopyTo("Trash"), Begin, Move("Archive"), Told(80)],
            &["Trash 80: to Archive"],
            "Archive 0",
        ),
        (&[CopyTo("Trash"), Begin, Refused], &[], "gone"),
        // Of a message that is on its way itself.
        (
            &[Move("Archive"), CopyTo("Trash")],
            &["INBOX 5: to Archive", "INBOX 5: copy to Trash"],
            "Trash 0",
        ),
        (
            &[Move("Archive"), CopyTo("Trash"), Told(80)],
            &["Archive 80: copy to Trash"],
            "Trash 0",
        ),
        // A copy of a copy is one of the original.
        (
            &[CopyTo("Trash"), CopyTo("Archive")],
            &["INBOX 5: copy to Trash", "INBOX 5: copy to Archive"],
            "Archive 0",
        ),
        // First the copy, then the original goes.
        (
            &[CopyTo("Trash"), OriginalGone],
            &["INBOX 5: copy to Trash", "INBOX 5: expunge"],
            "Trash 0",
        ),
    ])
    .await;
}
