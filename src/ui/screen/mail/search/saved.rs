//! Searches that are kept under a name.

use iced::widget::{button, container, row, text};
use iced::{Alignment, Length};
use waxwing::config::settings::SavedSearch;

use super::{Message, Search};
use crate::ui::app::{Action, Context, Keep};
use crate::ui::component::icon;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::dialog::Dialog;
use crate::ui::screen::mail::layout::Pane;
use crate::ui::screen::mail::{Message as MailMessage, State};
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::{Element, focusable};

impl State {
    /// Shows what such a search finds.
    pub(super) fn open_saved(
        &mut self,
        index: usize,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        match context.searches.get(index) {
            Some(saved) => self.search_for(saved.query.clone(), context),
            None => Action::None,
        }
    }

    /// Shows what is found by that text, in all accounts.
    pub(in crate::ui::screen::mail) fn search_for(
        &mut self,
        text: String,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        self.menu = None;
        self.panes.pane = Pane::List;
        let home = self.list.view;
        let search = self.search.get_or_insert_with(|| Search::new(home));
        search.everywhere = true;
        search.read(text);
        search.finish();
        self.look(context)
    }

    /// The place of the kept search that is shown.
    pub(in crate::ui::screen::mail) fn saved(&self, context: &Context<'_>) -> Option<usize> {
        let text = self.search.as_ref()?.text.trim();
        let mut kept = context.searches.iter();
        kept.position(|saved| saved.query == text)
    }

    /// Asks under which name it shall be kept.
    pub(super) fn name_search(&mut self, context: &Context<'_>) -> Action<MailMessage> {
        let Some(search) = &self.search else {
            return Action::None;
        };
        let saved = self.saved(context);
        let known = saved.and_then(|index| context.searches.get(index));
        let name = known.map_or(search.text.trim(), |known| &known.name);
        let dialog = Dialog::name_search(saved, name);
        self.open_dialog(dialog)
    }

    /// Keeps it under that name.
    pub(in crate::ui::screen::mail) fn keep_search(
        &mut self,
        saved: Option<usize>,
        name: String,
    ) -> Action<MailMessage> {
        match (saved, &self.search) {
            (Some(index), _) => Action::Keep(Keep::Renamed(index, name)),
            (None, Some(search)) => Action::Keep(Keep::SavedSearch(SavedSearch {
                name,
                query: search.text.trim().to_owned(),
            })),
            (None, None) => Action::None,
        }
    }

    pub(super) fn remove_saved(&mut self, context: &Context<'_>) -> Action<MailMessage> {
        let saved = self.saved(context).map(Keep::Removed);
        saved.map_or(Action::None, Action::Keep)
    }

    /// Their rows in the sidebar.
    pub(in crate::ui::screen::mail) fn saved_rows<'a>(
        &self,
        context: &Context<'a>,
    ) -> Vec<Element<'a, MailMessage>> {
        let shown = self.saved(context);
        let rows = context.searches.iter().enumerate();
        rows.map(|(index, saved)| saved_row(index, saved, shown == Some(index)))
            .collect()
    }
}

fn saved_row(index: usize, saved: &SavedSearch, selected: bool) -> Element<'_, MailMessage> {
    let message = MailMessage::Search(Message::Saved(index));
    let sign = if selected {
        icon(Icon::Search, 16.0, |t| t.accent)
    } else {
        icon(Icon::Search, 16.0, |t| t.text_weak)
    };
    let name = text(&saved.name)
        .size(size::LIST)
        .wrapping(text::Wrapping::None);
    let line = row![sign, container(name).width(Length::Fill).clip(true)]
        .spacing(10)
        .align_y(Alignment::Center);
    let press = button(container(line).center_y(Length::Fill))
        .padding([0.0, gap::S])
        .height(theme::row::FOLDER)
        .width(Length::Fill)
        .style(theme::button::row(selected))
        .on_press(message.clone());
    focusable(press, Some(message)).into()
}
