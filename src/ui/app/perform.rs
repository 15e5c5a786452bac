//! Questions and verbs, put to the engine. The only place that calls it for
//! the mail screen.

use std::collections::HashSet;

use iced::{Task, window};
use waxwing::Result;
use waxwing::engine::{Done, Handle};
use waxwing::model::{
    Account, FlagChange, FolderId, ListView, Listed, Listing, OutboxId, PlacementId, QuickFilter,
    SearchOrder, Sort, ThreadId, Within,
};

use super::{
    App, ComposeRequest, FileQuery, Finding, Found, Message, Query, Reopened, Rows, Verb, Window,
};
use crate::ui::component::toast::{Toast, Undo};
use crate::ui::screen::mail::attachment::{self, Wanted};
use crate::ui::screen::mail::reader::attachments::THUMBNAIL_PIXELS;
use crate::ui::screen::mail::{self, keys, printing, search};

impl App {
    /// Asks; the answer comes as a message, to the window of a letter where
    /// that asked.
    pub(crate) fn ask(&mut self, query: Query, of: Option<window::Id>) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        let letter = of.filter(|id| matches!(self.windows.get(id), Some(Window::Letter(_))));
        let stops_the_one_before = matches!(query, Query::Find(..));
        let task = Task::perform(answer(engine, query), move |answer| match letter {
            Some(id) => Message::Letter(id, answer),
            None => Message::Mail(answer),
        });
        if !stops_the_one_before {
            return task;
        }
        // Whoever types on waits for the answer to the whole word alone.
        let (task, running) = task.abortable();
        self.searching = Some(running.abort_on_drop());
        task
    }

    /// Carries out a verb; a toast tells of it.
    pub(crate) fn perform(&mut self, verb: Verb) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        match verb {
            Verb::Undo => self.undo_last(),
            Verb::TakeBack(id) => self.cancel_send(id),
            Verb::ShowConversations(how) => {
                quietly(async move { engine.show_conversations(how).await })
            }
            Verb::SyncNow(account) => quietly(async move { engine.sync_now(account).await }),
            Verb::RetrySend(id) => {
                quietly(async move { engine.retry_send(id, false).await.map(drop) })
            }
            Verb::Mark {
                ids,
                change,
                quiet: true,
            } => quietly(async move { engine.mark_by_itself(ids, change).await }),
            Verb::Mark { ids, change, .. } => told(async move { engine.mark(ids, change).await }),
            Verb::MoveTo(ids, folder) => told(async move { engine.move_to(ids, folder).await }),
            Verb::CopyTo(ids, folder) => told(async move { engine.copy_to(ids, folder).await }),
            Verb::Delete { ids, permanently } => {
                told(async move { engine.delete(ids, permanently).await })
            }
            Verb::Archive(ids) => told(async move { engine.archive(ids).await }),
            Verb::Junk(ids, on) => told(async move { engine.junk(ids, on).await }),
            Verb::CreateFolder(account, path) => told(async move {
                let made = engine.create_folder(account, path).await?;
                Ok(nothing_to_undo(format!(
                    "The folder {} was made",
                    made.path
                )))
            }),
            Verb::RenameFolder(folder, path) => {
                told(async move { engine.rename_folder(folder, path).await })
            }
            Verb::DeleteFolder(folder) => {
                told(async move { engine.delete_folder(folder, false).await })
            }
            Verb::EmptyFolder(folder, below) => told(empty(engine, folder, below)),
            Verb::MarkFolderRead(folder) => told(mark_read(engine, folder)),
        }
    }

    pub(super) fn verb_done(&mut self, answer: Result<Done>) -> Task<Message> {
        match answer {
            Ok(done) => {
                let toast = Toast::done(done.label);
                self.toast(if done.can_undo {
                    toast.undo(Undo::LastVerb)
                } else {
                    toast
                });
                Task::none()
            }
            Err(error) => {
                self.toast(Toast::error(error.to_string()));
                // What was taken out of the list in advance may be back.
                let actions = self.mail.reload();
                self.act(actions, None, Message::Mail)
            }
        }
    }

    pub(super) fn undo_last(&mut self) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        Task::perform(async move { engine.undo().await }, Message::Undone)
    }

    pub(super) fn undone(&mut self, answer: Result<Option<String>>) -> Task<Message> {
        match answer {
            Ok(Some(words)) => self.toast(Toast::done(format!("Taken back: {words}"))),
            Ok(None) => self.toast(Toast::done("There is nothing to undo.")),
            Err(error) => self.toast(Toast::error(error.to_string())),
        }
        Task::none()
    }

    pub(super) fn cancel_send(&mut self, id: OutboxId) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        Task::perform(
            async move { engine.reopen_send(id).await.map(Box::new) },
            Message::SendCancelled,
        )
    }

    pub(super) fn send_cancelled(&mut self, answer: Result<Box<Reopened>>) -> Task<Message> {
        match answer {
            Ok(reopened) => {
                let (draft, kept) = *reopened;
                self.compose(ComposeRequest::Draft(Box::new(draft), kept))
            }
            Err(error) => {
                self.toast(Toast::error(error.to_string()));
                Task::none()
            }
        }
    }

    /// Reads the accounts anew.
    pub(crate) fn read_accounts(&self) -> Task<Message> {
        match self.engine.clone() {
            Some(engine) => {
                Task::perform(async move { engine.accounts().await }, Message::Accounts)
            }
            None => Task::none(),
        }
    }

    pub(super) fn accounts_read(&mut self, answer: Result<Vec<Account>>) -> Task<Message> {
        match answer {
            Ok(accounts) => {
                let none = accounts.is_empty();
                self.accounts = accounts;
                if none {
                    self.accounts_page = None;
                    self.storage_page = None;
                    self.reading_page = None;
                }
                if let Some(page) = &mut self.accounts_page {
                    page.accounts_changed(&self.accounts);
                }
                let mut screen = std::mem::take(&mut self.mail);
                let action = screen.accounts_changed(&self.context());
                self.mail = screen;
                let read = self.act(action, None, Message::Mail);
                if none && self.wizard.is_none() {
                    Task::batch([read, self.open_wizard()])
                } else {
                    read
                }
            }
            Err(error) => {
                self.mail.failed(error);
                Task::none()
            }
        }
    }
}

/// Carries out a change; a toast tells of it.
fn told(change: impl Future<Output = Result<Done>> + Send + 'static) -> Task<Message> {
    Task::perform(change, Message::Done)
}

/// Removes for good what is in a folder, and these folders in it.
pub(crate) async fn empty(engine: Handle, folder: FolderId, below: Vec<FolderId>) -> Result<Done> {
    for inner in below {
        engine.delete_folder(inner, true).await?;
    }
    match in_folder(&engine, folder, QuickFilter::default()).await? {
        ids if ids.is_empty() => Ok(nothing_to_undo("The folder is empty".to_owned())),
        ids => engine.delete(ids, true).await,
    }
}

/// Marks everything in a folder as read.
pub(crate) async fn mark_read(engine: Handle, folder: FolderId) -> Result<Done> {
    match in_folder(&engine, folder, UNREAD).await? {
        ids if ids.is_empty() => Ok(nothing_to_undo("All of it is read".to_owned())),
        ids => engine.mark(ids, FlagChange::seen(true)).await,
    }
}

fn nothing_to_undo(label: String) -> Done {
    Done {
        label,
        can_undo: false,
    }
}

/// The messages of a folder that the filter leaves in.
async fn in_folder(
    engine: &Handle,
    folder: FolderId,
    filter: QuickFilter,
) -> Result<Vec<PlacementId>> {
    let listing = Listing {
        filter,
        ..Listing::from(ListView::Folder(folder))
    };
    Ok(engine.order(listing).await?.iter().copied().collect())
}

/// Carries something out that needs no news unless it fails.
pub(super) fn quietly(work: impl Future<Output = Result<()>> + Send + 'static) -> Task<Message> {
    Task::perform(work, |answer| match answer {
        Ok(()) => Message::Clock,
        Err(error) => Message::Done(Err(error)),
    })
}

async fn answer(engine: Handle, query: Query) -> mail::Message {
    use mail::Message as M;
    match query {
        Query::Folders => M::FoldersLoaded(engine.folders(None).await),
        Query::States => M::StatesLoaded(engine.account_states().await),
        Query::Outbox => M::OutboxLoaded(engine.outbox().await),
        Query::Order(epoch, listing) => {
            let on_show = match listing.view {
                ListView::Folder(folder) => Some(folder),
                _ => None,
            };
            // A folder that is gone says so by its order.
            drop(engine.looking_at(on_show).await);
            M::OrderLoaded(epoch, engine.order(listing).await)
        }
        Query::FirstRows(epoch, listing) => {
            M::FirstRowsLoaded(epoch, engine.first_rows(listing, FIRST_ROWS).await)
        }
        Query::Unread(epoch, ids) => {
            M::Reading(keys::Message::Unread(epoch, unread(&engine, ids).await))
        }
        Query::Envelopes(epoch, ids, within) => {
            M::RowsLoaded(epoch, ids.clone(), rows(&engine, ids, within).await)
        }
        Query::Conversation(epoch, head, thread, within) => {
            M::ConversationLoaded(epoch, head, engine.conversation(thread, within).await)
        }
        Query::Find(epoch, finding) => {
            M::Search(search::Message::Found(epoch, find(&engine, *finding).await))
        }
        Query::Excerpts(epoch, query, ids) => M::Search(search::Message::Excerpts(
            epoch,
            engine.excerpts(&query, ids).await,
        )),
        Query::AskServers(epoch, query) => M::Search(search::Message::ServersFound(
            epoch,
            engine.search_on_server(query, None, FROM_SERVERS).await,
        )),
        Query::People(epoch, begins) => M::Search(search::Message::People(
            epoch,
            engine.people(&begins, PEOPLE).await,
        )),
        Query::Email(epoch, id) => M::EmailLoaded(epoch, engine.email(id).await.map(Box::new)),
        Query::SenderNotes(epoch, id) => {
            M::SenderKnown(epoch, engine.sender_notes(id).await.map(Box::new))
        }
        Query::CheckSignatures(epoch, id, asked) => {
            let checked = engine.check_signatures(id, asked).await;
            M::SignaturesChecked(epoch, checked.map(Box::new))
        }
        Query::Unsubscribe(id) => M::Unsubscribed(engine.unsubscribe(id).await),
        Query::AnswerReceipt(id, agreed) => {
            let answered = engine.answer_receipt(id, agreed).await;
            M::ReceiptAnswered(answered.map(|sent| sent.is_some()))
        }
        Query::Source(id) => M::SourceRead(id, engine.source(id).await.map(Box::new)),
        Query::Print(id, how) => {
            let printed = printing::print(&engine, id, how).await;
            M::Printing(printing::Message::Printed(printed))
        }
        Query::File(query) => M::Attachment(of_file(&engine, query).await),
    }
}

/// Answers what is asked of attachments and of messages as files.
async fn of_file(engine: &Handle, query: FileQuery) -> attachment::Message {
    use attachment::Message as M;
    let one = |path| vec![path];
    match query {
        FileQuery::Save(number, id, part, path) => {
            let saved = engine.save_attachment(id, part, path).await;
            M::Saved(Wanted::One(number), saved.map(one))
        }
        FileQuery::SaveMessage(id, path) => {
            let saved = engine.save_message(id, path).await;
            M::Saved(Wanted::Message, saved.map(one))
        }
        FileQuery::SavePdf(id, how, path) => printing::save_pdf(engine, id, how, path).await,
        FileQuery::OpenFile(path) => M::Letter(engine.open_letter(path).await),
        FileQuery::SaveAll(id, parts, folder) => M::Saved(
            Wanted::All,
            engine.save_attachments(id, parts, folder).await,
        ),
        FileQuery::Open(id, part) => {
            let written = engine.attachment_to_open(id, part).await;
            M::Opened(written.and_then(|path| attachment::open_file(&path)))
        }
        FileQuery::OpenLetter(id, part) => M::Letter(engine.open_attached_letter(id, part).await),
        FileQuery::Thumbnails(epoch, id, parts) => {
            let made = engine.thumbnails(id, parts, THUMBNAIL_PIXELS).await;
            M::Thumbnails(epoch, made.unwrap_or_default())
        }
    }
}

/// All but what is unread is left out.
const UNREAD: QuickFilter = QuickFilter {
    unread: true,
    starred: false,
    attachments: false,
    since: None,
};
/// More than fit into any window.
const FIRST_ROWS: usize = 200;
/// As many of what was found come with it.
const FOUND_ROWS: usize = 40;
/// Nobody looks through more that is on servers only.
const FROM_SERVERS: usize = 10_000;
/// So many people are suggested.
const PEOPLE: usize = 4;

async fn find(engine: &Handle, finding: Finding) -> Result<Found> {
    let Finding {
        query,
        sort,
        filter,
        more,
        limit,
    } = finding;
    let order = match sort {
        Some(_) => SearchOrder::Newest,
        None => SearchOrder::Relevance,
    };
    let results = engine.search(query, None, order, limit).await?;
    let is_there: HashSet<PlacementId> = results.ids.iter().copied().collect();
    let others = more.iter().filter(|id| !is_there.contains(id));
    let ids: Vec<PlacementId> = results.ids.iter().chain(others).copied().collect();
    let as_found = sort.is_none_or(|sort| sort == Sort::default()) && more.is_empty();
    let listed: Listed = if as_found && filter.is_empty() {
        ids.into_iter().collect()
    } else {
        let all = ids.clone();
        let arranged = engine.arrange(all, sort.unwrap_or_default(), filter, false);
        let arranged = arranged.await?;
        match sort {
            Some(_) => arranged,
            // What fits best stays first; the filter counts.
            None => {
                let kept: HashSet<PlacementId> = arranged.iter().copied().collect();
                ids.into_iter().filter(|id| kept.contains(id)).collect()
            }
        }
    };
    let first = listed.iter().take(FOUND_ROWS).copied().collect();
    Ok(Found {
        rows: engine.envelopes(first).await?,
        listed,
        more: results.ids.len() >= limit,
        uncovered: results.uncovered,
        notices: results.notices,
    })
}

async fn unread(engine: &Handle, ids: Vec<PlacementId>) -> Result<Vec<PlacementId>> {
    let unread = engine.arrange(ids, Sort::default(), UNREAD, false).await?;
    Ok(unread.iter().copied().collect())
}

async fn rows(engine: &Handle, ids: Vec<PlacementId>, within: Option<Within>) -> Result<Rows> {
    let envelopes = engine.envelopes(ids).await?;
    let Some(within) = within else {
        return Ok(Rows {
            envelopes,
            ..Rows::default()
        });
    };
    let mut threads: Vec<ThreadId> = envelopes.iter().map(|one| one.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let conversations = engine.conversations(threads, within).await?;
    Ok(Rows {
        envelopes,
        conversations,
    })
}
