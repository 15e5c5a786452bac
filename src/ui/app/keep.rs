//! What is remembered for the next time.

use iced::Task;
use waxwing::config::settings::Reading;

use super::perform::quietly;
use super::{App, Keep, Message};
use crate::ui::component::toast::{Toast, Undo};

impl App {
    pub(super) fn keep(&mut self, keep: Keep) -> Task<Message> {
        match keep {
            Keep::Search(text) => self.kept.remember_search(&text),
            Keep::NoSearch => self.kept.searches.clear(),
            Keep::Chosen(key) => self.kept.remember_chosen(&key),
            Keep::Favourite(key, true) => self.kept.favourites.push(key),
            Keep::Favourite(key, false) => self.kept.favourites.retain(|known| *known != key),
            Keep::Folded(key, true) => {
                self.kept.folded.insert(key);
            }
            Keep::Folded(key, false) => {
                self.kept.folded.remove(&key);
            }
            Keep::Moved(moved) => {
                for (from, to) in moved {
                    self.kept.list_moved(&from, &to);
                }
            }
            Keep::List(key, Some(state)) => {
                self.kept.lists.insert(key, state);
            }
            Keep::List(key, None) => {
                self.kept.lists.remove(&key);
            }
            Keep::Reading(reading) => {
                self.options.mark_read_after = reading.mark_read.after();
                return self.change_reading(move |kept| *kept = reading);
            }
            Keep::Colours(of, keep) => {
                return self.change_reading(move |kept| kept.keep_colours(&of, keep));
            }
            Keep::Zoom(percent) => self.kept.zoom = percent,
            Keep::SavedSearch(search) => {
                self.searches.push(search);
                return self.keep_searches();
            }
            Keep::Renamed(index, name) => {
                if let Some(search) = self.searches.get_mut(index) {
                    search.name = name;
                }
                return self.keep_searches();
            }
            Keep::Removed(index) => return self.remove_search(index),
        }
        let (Some(engine), state) = (self.engine.clone(), self.kept.clone()) else {
            return Task::none();
        };
        quietly(async move { engine.keep_window_state(state).await })
    }

    fn change_reading(&self, change: impl FnOnce(&mut Reading) + Send + 'static) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        quietly(async move { engine.change_reading(change).await })
    }

    fn remove_search(&mut self, index: usize) -> Task<Message> {
        if index >= self.searches.len() {
            return Task::none();
        }
        let removed = self.searches.remove(index);
        let words = format!("The search “{}” was removed", removed.name);
        self.toast(Toast::done(words).undo(Undo::RemovedSearch));
        self.removed_search = Some((index, removed));
        self.keep_searches()
    }

    /// The search that was removed last is there again.
    pub(super) fn search_back(&mut self) -> Task<Message> {
        if let Some((index, search)) = self.removed_search.take() {
            self.searches.insert(index.min(self.searches.len()), search);
        }
        self.keep_searches()
    }

    fn keep_searches(&self) -> Task<Message> {
        let (Some(engine), searches) = (self.engine.clone(), self.searches.clone()) else {
            return Task::none();
        };
        quietly(async move { engine.keep_searches(searches).await })
    }
}
