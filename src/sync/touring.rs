//! Small folders at first sight: read whole, one after the other, without a
//! pause in between.

use std::time::Instant;

use super::arriving::{Goal, Inflow, Sink};
use super::fetched::{LINES_MORE, message};
use super::folder::{FolderPass, SMALL_BYTES, is_small, note_generation, remote_of_selected};
use super::plan::FolderPlan;
use super::session::{Error, FolderReport, Session};
use crate::model::FolderId;
use crate::protocol::imap::{self, Ask, Fetched, Selected, Stop};
use crate::store::FolderRow;

/// A folder that is being read.
struct Leg {
    pass: FolderPass,
    inflow: Inflow,
    /// How many answers about messages may still come.
    room: usize,
    began: Instant,
}

/// A folder that was read, or refused.
struct Visited {
    path: String,
    report: FolderReport,
    outcome: Result<FolderPass, imap::Error>,
}

impl Session {
    /// Whether a folder is read with others of its kind.
    pub(super) fn is_toured(&self, row: &FolderRow, status: Option<&imap::FolderStatus>) -> bool {
        // Of one that was ever opened, something may be here.
        let is_new = row.state.uid_validity.is_none() && row.folder.total == 0;
        is_new
            && self.wants_whole(&row.folder, SMALL_BYTES)
            && is_small(status)
            && self.conn.can_tour(&row.remote_name)
    }

    /// Reads these folders, of which nothing is here, and gives those that are
    /// in step now.
    pub(super) async fn tour(
        &mut self,
        mut folders: Vec<FolderRow>,
    ) -> Result<Vec<FolderId>, Error> {
        let mut checked = Vec::with_capacity(folders.len());
        while !folders.is_empty() {
            self.serve_urgent(None).await?;
            let mut visited = Vec::new();
            let result = self.visit(&folders, &mut visited).await;
            for one in visited {
                checked.extend(self.end_visit(one).await?);
            }
            let begun = result?;
            folders.drain(..begun.min(folders.len()));
        }
        Ok(checked)
    }

    /// Reads folders until all are read or something cannot wait; says how
    /// many were begun.
    async fn visit(
        &mut self,
        folders: &[FolderRow],
        visited: &mut Vec<Visited>,
    ) -> Result<usize, Error> {
        self.selected = None;
        let sink = self.sink();
        let names = folders.iter().map(|row| row.remote_name.clone()).collect();
        let mut tour = self.conn.tour(names).await?;
        let mut leg: Option<Leg> = None;
        while let Some((at, stop)) = tour.next().await? {
            if !self.urgent.is_empty() {
                tour.hold();
            }
            let Some(row) = folders.get(at) else { break };
            match stop {
                Stop::Opened(Ok(selected)) => leg = Some(Leg::begin(&sink, row, &selected).await?),
                Stop::Opened(Err(error)) => visited.push(Visited::refused(row, error)),
                Stop::Message(fetched) => {
                    if let Some(leg) = &mut leg
                        && !leg.take(fetched).await?
                    {
                        return Err(tour.endless().into());
                    }
                }
                Stop::Over(outcome) => {
                    if let Some(leg) = leg.take() {
                        visited.push(leg.end(outcome).await?);
                    }
                }
            }
        }
        Ok(tour.begun())
    }

    async fn end_visit(&mut self, visited: Visited) -> Result<Option<FolderId>, Error> {
        let Visited {
            path,
            report,
            outcome,
        } = visited;
        self.report(&path).add(&report);
        let result = match outcome {
            Ok(pass) => {
                self.finish(&pass, pass.remote.exists).await?;
                return Ok(Some(pass.id()));
            }
            Err(error) => Err(error.into()),
        };
        self.keep_going(&path, result)?;
        Ok(None)
    }
}

impl Leg {
    async fn begin(sink: &Sink, row: &FolderRow, selected: &Selected) -> Result<Self, Error> {
        let remote = remote_of_selected(selected);
        let row = note_generation(&sink.store, row.clone(), &remote, FolderPlan::First).await?;
        let place = sink.place(&row.folder, Ask::Whole).await?;
        let inflow = sink.inflow(&row.folder, Goal::New(place), false);
        let exists = usize::try_from(remote.exists).unwrap_or(usize::MAX);
        Ok(Self {
            pass: FolderPass { row, remote },
            inflow,
            room: exists.saturating_mul(2).saturating_add(LINES_MORE),
            began: Instant::now(),
        })
    }

    /// Takes an answer; false where there are too many.
    async fn take(&mut self, fetched: Fetched) -> Result<bool, Error> {
        let Some(room) = self.room.checked_sub(1) else {
            return Ok(false);
        };
        self.room = room;
        if let Some(message) = message(fetched) {
            self.inflow.add(message).await?;
        }
        Ok(true)
    }

    async fn end(self, outcome: Result<(), imap::Error>) -> Result<Visited, Error> {
        let mut report = self.inflow.end().await?;
        report.time = self.began.elapsed();
        Ok(Visited {
            path: self.pass.row.folder.path.clone(),
            report,
            outcome: outcome.map(|()| self.pass),
        })
    }
}

impl Visited {
    fn refused(row: &FolderRow, error: imap::Error) -> Self {
        Self {
            path: row.folder.path.clone(),
            report: FolderReport::default(),
            outcome: Err(error),
        }
    }
}
