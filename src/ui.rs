//! The window.
//!
//! ```text
//! widget ─► screen::Message ─► screen.update ─► Action ─► app ─► Handle ─► engine
//! Event ─► app::engine_event ─► screens that show those ids ─► query ─► Loaded(epoch, rows)
//! ```
//!
//! Screens hold what they show and never touch the engine: they answer with an
//! [`app::Action`], plain data that a test can read.

pub(crate) mod app;
pub(crate) mod command;
pub(crate) mod component;
pub(crate) mod font;
pub(crate) mod icon;
pub(crate) mod screen;
pub(crate) mod theme;
pub(crate) mod widget;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use iced::Settings;
use waxwing::config::settings::{Conversations, MarkRead};
use waxwing::engine::Handle;

use app::App;
pub(crate) use waxwing::config::settings::ThemeChoice;

/// The name the desktop knows the program by: application id, desktop file and
/// icon are called so.
pub(crate) const APP_ID: &str = "waxwing";

/// What the person settled about the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Options {
    /// Light, dark or as the desktop.
    pub(crate) theme: ThemeChoice,
    /// Zoom of everything, 1.0 to 2.0.
    pub(crate) scale: f32,
    /// How long a message is looked at before it counts as read; never without.
    pub(crate) mark_read_after: Option<Duration>,
    /// How long a sent message is held, so that sending can be taken back.
    pub(crate) send_hold: Duration,
    /// How lists show conversations at the start.
    pub(crate) conversations: Conversations,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            scale: 1.0,
            mark_read_after: MarkRead::default().after(),
            send_hold: Duration::from_secs(10),
            conversations: Conversations::default(),
        }
    }
}

impl Options {
    /// As the person's preferences say.
    pub(crate) fn from_settings(settings: &waxwing::config::Settings) -> Self {
        let scale = settings.appearance.scale;
        Self {
            theme: settings.appearance.theme,
            // A file edited by hand may hold anything.
            scale: if scale.is_finite() {
                scale.clamp(1.0, 2.0)
            } else {
                1.0
            },
            send_hold: Duration::from_secs(settings.sending.undo_seconds.min(120)),
            conversations: settings.appearance.conversations,
            mark_read_after: settings.reading.mark_read.after(),
        }
    }
}

/// Why the window could not be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no desktop to show a window on.
    #[error(
        "Waxwing cannot open a window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    )]
    NoDisplay,
    /// The window system failed.
    #[error("Waxwing cannot open its window: {0}")]
    Window(#[from] iced::Error),
}

/// Shows the window until it is closed, or that of a message in a file. Without
/// an engine it shows the welcome only.
pub(crate) fn run(
    engine: Option<Handle>,
    options: Options,
    file: Option<PathBuf>,
) -> Result<(), Error> {
    // Without a display the event loop of the window system panics.
    let display = ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if cfg!(target_os = "linux") && !display {
        return Err(Error::NoDisplay);
    }
    Ok(program(move || App::boot(engine.clone(), options, file.clone())).run()?)
}

/// The program as iced runs it, in the window or in a test.
pub(crate) fn program(
    boot: impl Fn() -> (App, iced::Task<app::Message>) + 'static,
) -> iced::Daemon<
    impl iced::Program<State = App, Message = app::Message, Theme = iced::Theme> + 'static,
> {
    iced::daemon(boot, App::update, App::view)
        .settings(settings())
        .title(App::title)
        .theme(App::theme)
        .style(|_, theme| iced::theme::Style {
            background_color: theme::tokens(theme).surface,
            text_color: theme::tokens(theme).text,
        })
        .scale_factor(App::scale_factor)
        .subscription(App::subscription)
}

/// Fonts and sizes of every window.
pub(crate) fn settings() -> Settings {
    Settings {
        id: Some(APP_ID.to_owned()),
        fonts: font::files(),
        default_font: font::REGULAR,
        default_text_size: theme::size::BODY.into(),
        antialiasing: true,
        vsync: true,
    }
}
