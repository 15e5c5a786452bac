//! What a person chose for lists: order, filter, conversations.

use chrono::{DateTime, Days, Local, NaiveTime};
use waxwing::config::settings::Conversations;
use waxwing::config::state::ListState;
use waxwing::model::{QuickFilter, Sort};

/// What the person chose for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Chosen {
    /// The order.
    pub(crate) sort: Sort,
    /// Whether what fits best comes first, whatever the order: of what was
    /// searched for.
    pub(crate) relevance: bool,
    /// What is left out.
    pub(crate) filter: Filter,
    /// Whether conversations are one row.
    pub(crate) conversations: Conversations,
}

impl Chosen {
    /// As it was kept for a list; what counts for all lists stays.
    pub(super) fn kept(self, kept: ListState) -> Self {
        let ListState {
            sort,
            unread,
            starred,
            attachments,
            lately,
        } = kept;
        let filter = Filter {
            unread,
            starred,
            attachments,
            lately,
        };
        Self {
            sort,
            filter,
            relevance: false,
            ..self
        }
    }

    /// To be kept; nothing where it is as usual.
    pub(super) fn to_keep(self) -> Option<ListState> {
        let Filter {
            unread,
            starred,
            attachments,
            lately,
        } = self.filter;
        let state = ListState {
            sort: self.sort,
            unread,
            starred,
            attachments,
            lately,
        };
        (state != ListState::default()).then_some(state)
    }
}

/// What is left out of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    pub(crate) unread: bool,
    pub(crate) starred: bool,
    pub(crate) attachments: bool,
    /// All but the last seven days.
    pub(crate) lately: bool,
}

impl Filter {
    /// As the engine takes it, today.
    pub(super) fn quick(self, now: &DateTime<Local>) -> QuickFilter {
        let first_day = now.date_naive() - Days::new(6);
        let since = first_day
            .and_time(NaiveTime::MIN)
            .and_local_timezone(now.timezone())
            .earliest();
        QuickFilter {
            unread: self.unread,
            starred: self.starred,
            attachments: self.attachments,
            since: since.filter(|_| self.lately).map(|time| time.timestamp()),
        }
    }

    /// Whether it leaves everything in.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}
