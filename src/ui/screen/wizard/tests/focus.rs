//! The keyboard stays in the field somebody types in, whatever is told
//! meanwhile.

use iced_test::core::Size;
use iced_test::core::renderer::Headless;
use iced_test::core::widget::operation::{Outcome, focusable};
use iced_test::core::widget::{Id, Operation};
use iced_test::futures::futures::executor::block_on;
use iced_test::runtime::user_interface::{Cache, UserInterface};

use super::*;

/// A window that lives on while what it shows changes.
struct Screen {
    renderer: iced::Renderer,
    cache: Option<Cache>,
}

impl Screen {
    fn new() -> Self {
        let renderer = <iced::Renderer as Headless>::new(
            crate::ui::font::REGULAR,
            14.into(),
            Some("tiny-skia"),
        );
        Self {
            renderer: block_on(renderer).unwrap(),
            cache: None,
        }
    }

    /// Shows the state; says whether the keyboard is at `id`, after it was sent
    /// there where that is wanted.
    fn show(&mut self, state: &State, id: &'static str, send: bool) -> bool {
        let options = Options::default();
        let mut ui = UserInterface::build(
            state.view(&context(&options)),
            Size::new(900.0, 1400.0),
            self.cache.take().unwrap_or_default(),
            &mut self.renderer,
        );
        if send {
            ui.operate(&self.renderer, &mut focusable::focus::<()>(Id::new(id)));
        }
        let mut asked = focusable::is_focused(Id::new(id));
        ui.operate(
            &self.renderer,
            &mut iced_test::core::widget::operation::black_box(&mut asked),
        );
        let there = matches!(asked.finish(), Outcome::Some(true));
        self.cache = Some(ui.into_cache());
        there
    }
}

fn stays(state: &mut State, part: Part, messages: Vec<Message>) {
    let mut screen = Screen::new();
    assert!(screen.show(state, part.id(), true), "{part:?} is not there");
    for message in messages {
        let told = format!("{message:?}");
        state.follow(message);
        assert!(screen.show(state, part.id(), false), "{part:?}: {told}");
    }
}

#[test]
fn remarks_on_a_password_leave_the_keyboard_in_it() {
    let password = |secret| Message::Password(Password::new(secret));
    stays(
        &mut typed(),
        Part::Password,
        vec![
            password("a "),
            password("a b"),
            password(" a"),
            password(""),
        ],
    );
}

#[test]
fn remarks_on_an_address_leave_the_keyboard_in_it() {
    stays(
        &mut first_page(),
        Part::Email,
        vec![
            Message::Email("ann@x,test".into()),
            Message::Email("ann@x.test".into()),
        ],
    );
}

#[test]
fn what_is_found_meanwhile_leaves_the_keyboard_in_the_password() {
    let mut state = typed();
    let search = state.search;
    let mut with_step = listed();
    with_step.preparations.push(Preparation {
        words: "X Mail wants an app password here.".into(),
        url: Some("https://x.test/app".into()),
    });
    stays(
        &mut state,
        Part::Password,
        vec![
            Message::Paused(search),
            Message::Seen(search, asking("autoconfig.x.test")),
            Message::Seen(search, DiscoveryProgress::Found(with_step)),
        ],
    );
}

#[test]
fn remarks_on_a_server_leave_the_keyboard_in_it() {
    let mut state = typed();
    state.follow(Message::ByHand);
    let host = |host: &str| Message::Server(Side::Incoming, Change::Host(host.into()));
    stays(
        &mut state,
        Part::Host(Side::Incoming),
        vec![
            host("mail,x"),
            host("mail.x"),
            host(" imaps://mail.y.test "),
        ],
    );
}
