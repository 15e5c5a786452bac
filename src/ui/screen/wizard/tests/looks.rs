//! Pictures of the wizard, drawn when `WAXWING_PICTURES` names a folder.

use iced::theme::Mode;
use iced_test::Simulator;

use super::*;
use crate::ui::theme::{ThemeChoice, theme};

fn draw(name: &str, state: &State, size: (f32, f32)) {
    let Some(folder) = std::env::var_os("WAXWING_PICTURES") else {
        return;
    };
    let options = Options::default();
    for (mode, suffix) in [(Mode::Light, "light"), (Mode::Dark, "dark")] {
        let mut ui: Simulator<'_, Message> =
            Simulator::with_size(crate::ui::settings(), size, state.view(&context(&options)));
        let path = std::path::Path::new(&folder).join(format!("{name}-{suffix}"));
        ui.snapshot(&theme(ThemeChoice::System, mode))
            .unwrap()
            .matches_image(path)
            .unwrap();
    }
}

const SIZE: (f32, f32) = (1000.0, 760.0);

#[test]
fn pictures_of_the_wizard() {
    let (mut state, _) = State::welcome();
    draw("wizard-welcome", &state, SIZE);
    state.follow(Message::AddAccount);
    draw("wizard-empty", &state, SIZE);
    state.follow(Message::Email("ann".into()));
    state.follow(Message::Submit);
    state.follow(Message::Server(
        Side::Outgoing,
        Change::Security(Security::None),
    ));
    state.follow(Message::SamePassword(false));
    draw("wizard-problems", &state, (1000.0, 1000.0));

    let mut state = filled();
    draw("wizard-filled", &state, SIZE);
    draw("wizard-200", &state, (560.0, 400.0));
    state.follow(Message::Submit);
    proves(&mut state, Protocol::Smtp);
    for step in [CheckStepKind::Lookup, CheckStepKind::Connect] {
        state.follow(Message::Progress(1, ended(Protocol::Imap, step, None)));
    }
    let server = Protocol::Imap;
    let step = CheckStepKind::Tls;
    state.follow(Message::Progress(1, CheckProgress::Begun { server, step }));
    draw("wizard-checking", &state, SIZE);
    state.follow(Message::Progress(1, ended(server, step, None)));
    let failure = ended(server, CheckStepKind::SignIn, Some(refused()));
    state.follow(Message::Progress(1, failure));
    state.follow(Message::Checked(1));
    draw("wizard-refused", &state, SIZE);

    let (state, _) = State::sign_in_again(account(), Some(refused()));
    draw("wizard-sign-in", &state, SIZE);
}
