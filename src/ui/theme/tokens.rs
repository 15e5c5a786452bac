//! The names views use for colours and measures.

use iced::Color;

/// The colours of one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tokens {
    /// Name of the theme.
    pub(crate) name: &'static str,
    /// Whether light stands on dark.
    pub(crate) dark: bool,
    /// Behind mail: the list and the reading pane.
    pub(crate) surface: Color,
    /// Behind the sidebar and bars.
    pub(crate) surface_dim: Color,
    /// Behind cards, menus and fields that lie above.
    pub(crate) surface_raised: Color,
    /// What is read.
    pub(crate) text: Color,
    /// What may be overlooked.
    pub(crate) text_weak: Color,
    /// The one colour that calls: unread dot, primary button, focus ring, links.
    pub(crate) accent: Color,
    /// On top of `accent`.
    pub(crate) on_accent: Color,
    /// A breath of the accent, behind chips.
    pub(crate) accent_soft: Color,
    /// Something failed or is lost.
    pub(crate) danger: Color,
    /// Something needs care.
    pub(crate) warning: Color,
    /// Something is done.
    pub(crate) success: Color,
    /// Between panes and around fields.
    pub(crate) border: Color,
    /// Behind what is selected.
    pub(crate) selection: Color,
    /// Behind what the pointer is on.
    pub(crate) hover: Color,
    /// The dot of an unread row and its count.
    pub(crate) unread: Color,
    /// A star that is set.
    pub(crate) star: Color,
    /// Behind words that were searched for.
    pub(crate) mark: Color,
    /// Bars that stand for text not loaded yet, and scroll bars.
    pub(crate) placeholder: Color,
}

/// Distances, all on a grid of 4 px.
pub(crate) mod space {
    /// 4 px
    pub(crate) const XS: f32 = 4.0;
    /// 8 px
    pub(crate) const S: f32 = 8.0;
    /// 12 px
    pub(crate) const M: f32 = 12.0;
    /// 16 px
    pub(crate) const L: f32 = 16.0;
    /// 24 px
    pub(crate) const XL: f32 = 24.0;
    /// 32 px
    pub(crate) const XXL: f32 = 32.0;
}

/// Corner radii.
pub(crate) mod radius {
    /// Buttons, fields, chips.
    pub(crate) const CONTROL: f32 = 6.0;
    /// Cards, menus, dialogs.
    pub(crate) const CARD: f32 = 10.0;
}

/// Text sizes.
pub(crate) mod size {
    /// Badges and keys.
    pub(crate) const TINY: f32 = 11.0;
    /// Secondary text.
    pub(crate) const SMALL: f32 = 12.0;
    /// Dense body text: lists.
    pub(crate) const LIST: f32 = 13.0;
    /// Body text.
    pub(crate) const BODY: f32 = 14.0;
    /// A heading in a card.
    pub(crate) const HEADING: f32 = 16.0;
    /// The title of a screen and the subject of a message.
    pub(crate) const TITLE: f32 = 20.0;
    /// The first words of all.
    pub(crate) const WELCOME: f32 = 24.0;
}

/// Heights of rows and bars.
pub(crate) mod row {
    /// A row of the message list.
    pub(crate) const MESSAGE: f32 = 60.0;
    /// The same with a third line for what was found in it.
    pub(crate) const FOUND: f32 = 80.0;
    /// A row of the sidebar.
    pub(crate) const FOLDER: f32 = 32.0;
    /// A control: button, field.
    pub(crate) const CONTROL: f32 = 32.0;
    /// The bar above the panes.
    pub(crate) const TOOLBAR: f32 = 48.0;
}
