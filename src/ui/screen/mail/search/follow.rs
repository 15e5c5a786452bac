//! What follows from what happens while one looks for messages.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use iced::Task;
use iced::keyboard::key::Named;
use iced::widget::operation;
use waxwing::Result;
use waxwing::engine::ServerResults;
use waxwing::model::PlacementId;

use super::suggest::{self, Known};
use super::{Message, Search, Servers, Told};
use crate::ui::app::{Action, Context, Found, Keep, Query};
use crate::ui::command::Press;
use crate::ui::screen::mail::layout::{LIST, Pane};
use crate::ui::screen::mail::list::{Chosen, Sought};
use crate::ui::screen::mail::toolbar::grouped;
use crate::ui::screen::mail::update::shown;
use crate::ui::screen::mail::{Message as MailMessage, State};

/// The field.
pub(crate) const FIELD: &str = "search-field";
/// Whoever types is not searched for between two letters.
const PAUSE: Duration = Duration::from_millis(50);
/// News are in the index after so long.
const INDEXED: Duration = Duration::from_millis(1500);

type Then = Action<MailMessage>;

fn after(pause: Duration, message: Message) -> Then {
    Action::Run(Task::perform(
        // The timer must be made inside the runtime, not here.
        async move { tokio::time::sleep(pause).await },
        move |()| MailMessage::Search(message.clone()),
    ))
}

fn ask(query: Option<Query>) -> Then {
    query.map_or(Action::None, Action::Ask)
}

impl State {
    /// Follows what happened.
    pub(in crate::ui::screen::mail) fn search_update(
        &mut self,
        message: Message,
        context: &Context<'_>,
    ) -> Then {
        match message {
            Message::Typed(text) => self.typed(text, context),
            Message::Paused(number) => {
                let is_last = self.search.as_ref().is_some_and(|s| s.number == number);
                if is_last {
                    self.look(context)
                } else {
                    Action::None
                }
            }
            Message::Submitted => self.submitted(context),
            Message::Close => self.close_search(context),
            Message::Everywhere(on) => {
                self.change_search(|search| search.everywhere = on);
                self.look(context)
            }
            Message::BestFirst(on) => {
                let relevance = on;
                let chosen = self.list.chosen;
                let chosen = Chosen {
                    relevance,
                    ..chosen
                };
                ask(self.list.choose(chosen, &context.now))
            }
            Message::Found(epoch, answer) => self.search_found(epoch, answer, context),
            Message::Excerpts(epoch, answer) => {
                self.list.excerpts_loaded(epoch, answer);
                Action::None
            }
            Message::Again => {
                self.change_search(|search| search.again = false);
                let shown = self.search.as_ref().is_some_and(Search::shows_results);
                ask(if shown { self.list.refresh() } else { None })
            }
            Message::AskServers => self.ask_servers(),
            Message::ServersFound(number, answer) => self.servers_found(number, answer, context),
            Message::People(number, answer) => {
                let people = answer.unwrap_or_default();
                self.change_search(|search| {
                    if search.number == number {
                        search.people = people;
                    }
                });
                self.suggest(context);
                Action::None
            }
            Message::Pick(index) => self.pick(index, context),
            Message::ForgetPast => {
                self.change_search(|search| search.suggestions.clear());
                Action::Keep(Keep::NoSearch)
            }
            Message::Saved(index) => self.open_saved(index, context),
            Message::Name => self.name_search(context),
            Message::Remove => self.remove_saved(context),
        }
    }

    fn change_search(&mut self, change: impl FnOnce(&mut Search)) {
        if let Some(search) = &mut self.search {
            change(search);
        }
    }

    /// Begins to look for messages, or goes on.
    pub(in crate::ui::screen::mail) fn open_search(&mut self, context: &Context<'_>) -> Then {
        self.menu = None;
        self.panes.pane = Pane::List;
        if self.search.is_none() {
            self.search = Some(Search::new(self.list.view));
        }
        self.change_search(|search| search.suggesting = search.text.is_empty());
        self.suggest(context);
        Action::Run(operation::focus(FIELD).chain(operation::select_all(FIELD)))
    }

    fn typed(&mut self, text: String, context: &Context<'_>) -> Then {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        search.read(text);
        search.suggesting = true;
        let number = search.number;
        self.suggest(context);
        after(PAUSE, Message::Paused(number))
    }

    /// Makes the suggestions anew.
    fn suggest(&mut self, context: &Context<'_>) {
        let (folders, accounts) = self.sidebar.names();
        if let Some(search) = &mut self.search {
            search.suggestions = suggest::suggestions(
                &search.text,
                &Known {
                    past: &context.kept.searches,
                    people: &search.people,
                    folders: &folders,
                    accounts: &accounts,
                },
            );
            let count = search.suggestions.len();
            search.at = search.at.filter(|at| *at < count);
        }
    }

    /// Looks for what is typed, or shows what was there before where that is
    /// nothing.
    pub(super) fn look(&mut self, context: &Context<'_>) -> Then {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        let begins = suggest::person(&search.text);
        let people = begins.map(|begins| Query::People(search.number, begins));
        if search.parsed.query.is_empty() {
            search.told = None;
            return self.put_back(context).and(ask(people));
        }
        let sought = Sought {
            query: search.query(),
            more: search.more(),
        };
        if search.behind.is_none() {
            let results = self.list.for_results();
            let behind = std::mem::replace(&mut self.list, results);
            search.behind = Some(Box::new(behind));
        }
        self.reader.mark(Some(search.marker.clone()));
        ask(self.list.find(sought, &context.now)).and(ask(people))
    }

    /// Puts the list back that was there before.
    fn put_back(&mut self, context: &Context<'_>) -> Then {
        let behind = self.search.as_mut().and_then(|search| search.behind.take());
        let Some(behind) = behind else {
            return Action::None;
        };
        let (list, query) = behind.again_after(&self.list);
        self.list = list;
        self.reader.mark(None);
        let rows = self.list.missing();
        ask(query)
            .and(ask(rows))
            .and(self.show_selected(context, false))
    }

    fn submitted(&mut self, context: &Context<'_>) -> Then {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        if let Some(at) = search.at.filter(|_| search.suggesting) {
            return self.pick(at, context);
        }
        search.finish();
        let keep = match search.text.trim() {
            "" => Action::None,
            text => Action::Keep(Keep::Search(text.to_owned())),
        };
        let look = self.look(context);
        // From the field into the list: the arrows move there now.
        look.and(keep).and(Action::Run(operation::focus(LIST)))
    }

    /// Escape: away with what was chosen of the suggestions, else with the
    /// search.
    pub(in crate::ui::screen::mail) fn escape_search(&mut self, context: &Context<'_>) -> Then {
        match &mut self.search {
            Some(search) if search.suggesting && search.at.is_some() => {
                search.suggesting = false;
                search.at = None;
                Action::None
            }
            Some(_) => self.close_search(context),
            None => Action::None,
        }
    }

    /// The end of the search: what was there before is there again.
    pub(in crate::ui::screen::mail) fn close_search(&mut self, context: &Context<'_>) -> Then {
        self.menu = None;
        let back = self.put_back(context);
        self.search = None;
        back
    }

    fn search_found(&mut self, epoch: u64, answer: Result<Found>, context: &Context<'_>) -> Then {
        let (told, more) = match &answer {
            Ok(found) => (
                Some(Told {
                    uncovered: found.uncovered,
                    notices: found.notices.clone(),
                }),
                found.more,
            ),
            Err(_) => (None, false),
        };
        let shown = shown!(self, context);
        let taken = self.list.found(epoch, answer, &shown);
        if !taken {
            return ask(self.list.overtaken());
        }
        self.change_search(|search| search.told = told);
        let rest = if more { self.list.refresh() } else { None };
        if let Some(id) = self.reader.shown
            && self.list.selection.len() == 0
            && self.list.order.contains(&id)
        {
            self.list.selection.only(id);
        }
        self.order_taken().and(ask(rest))
    }

    fn ask_servers(&mut self) -> Then {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        search.finish();
        search.servers = Servers::Asked;
        Action::Ask(Query::AskServers(search.number, search.query()))
    }

    fn servers_found(
        &mut self,
        number: u64,
        answer: Result<ServerResults>,
        context: &Context<'_>,
    ) -> Then {
        let here: HashSet<PlacementId> = self.list.order.iter().copied().collect();
        let Some(search) = self.search.as_mut().filter(|s| s.number == number) else {
            return Action::None;
        };
        match answer {
            Err(error) => {
                search.servers = Servers::Failed(error);
                Action::None
            }
            Ok(results) => {
                let ids = results.ids.iter().filter(|id| !here.contains(id));
                let ids: Arc<[PlacementId]> = ids.copied().collect();
                let mut words = vec![match ids.len() {
                    0 => "The servers found nothing besides.".to_owned(),
                    count => format!("The servers found {} of them.", grouped(count)),
                }];
                let unknown = match results.unknown {
                    0 => None,
                    1 => Some("1 more matches there and comes with the next check.".to_owned()),
                    count => Some(format!(
                        "{count} more match there and come with the next check."
                    )),
                };
                words.extend(unknown);
                words.extend(results.notices);
                search.servers = Servers::Answered { ids, words };
                self.look(context)
            }
        }
    }

    /// Follows a suggestion.
    fn pick(&mut self, index: usize, context: &Context<'_>) -> Then {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        let Some(suggestion) = search.suggestions.get(index).cloned() else {
            return Action::None;
        };
        search.read(suggestion.makes);
        search.people.clear();
        search.suggesting = suggestion.goes_on;
        self.suggest(context);
        let caret = operation::focus(FIELD).chain(operation::move_cursor_to_end(FIELD));
        self.look(context).and(Action::Run(caret))
    }

    /// What a key means for the suggestions, where it means anything.
    pub(in crate::ui::screen::mail) fn suggestion_key(
        &mut self,
        press: &Press,
        context: &Context<'_>,
    ) -> Option<Then> {
        let search = self.search.as_mut().filter(|s| s.suggests())?;
        let count = search.suggestions.len();
        if press.is(Named::ArrowDown) {
            search.at = Some(search.at.map_or(0, |at| (at + 1).min(count - 1)));
        } else if press.is(Named::ArrowUp) {
            search.at = search.at.and_then(|at| at.checked_sub(1));
        } else if press.is(Named::Tab) {
            let at = search.at.unwrap_or(0);
            return Some(self.pick(at, context));
        } else {
            return None;
        }
        Some(Action::None)
    }

    /// Whether a key completes what is typed instead of moving the keyboard on.
    pub(crate) fn completes(&self, press: &Press) -> bool {
        let suggests = self.search.as_ref().is_some_and(Search::suggests);
        suggests && self.dialog.is_none() && press.is(Named::Tab)
    }

    /// Mail came or went: what is found may have changed, once the index knows.
    pub(in crate::ui::screen::mail) fn look_again(&mut self) -> Then {
        match &mut self.search {
            Some(search) if search.shows_results() && !search.again => {
                search.again = true;
                after(INDEXED, Message::Again)
            }
            _ => Action::None,
        }
    }
}

impl Search {
    /// Whether suggestions are in sight.
    pub(super) fn suggests(&self) -> bool {
        self.suggesting && !self.suggestions.is_empty()
    }
}
