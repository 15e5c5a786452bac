//! Pictures of the page, drawn when `WAXWING_PICTURES` names a folder.

use iced::theme::Mode;

use super::*;
use crate::ui::theme::{ThemeChoice, theme};

fn draw(name: &str, state: &State, accounts: &[Account], size: (f32, f32)) {
    let Some(folder) = std::env::var_os("WAXWING_PICTURES") else {
        return;
    };
    let wanted = std::env::var("WAXWING_PICTURES_OF").unwrap_or_default();
    if !name.contains(&wanted) {
        return;
    }
    let options = Options::default();
    let states = states();
    for (mode, suffix) in [(Mode::Light, "light"), (Mode::Dark, "dark")] {
        let view = state.view(&context(&options, accounts), &states);
        let mut ui: Simulator<'_, Message> =
            Simulator::with_size(crate::ui::settings(), size, view);
        let path = std::path::Path::new(&folder).join(format!("{name}-{suffix}"));
        ui.snapshot(&theme(ThemeChoice::System, mode))
            .unwrap()
            .matches_image(path)
            .unwrap();
    }
}

#[test]
fn pictures_of_the_accounts() {
    let mut accounts = accounts();
    if let Some(old) = accounts.last_mut() {
        old.disabled = true;
    }
    let mut state = page();
    state.follow(Message::Certificates(Ok(vec![certificate()])), &accounts);
    state.keeping = Some(KEYRING);
    draw("60-accounts", &state, &accounts, (1000.0, 960.0));
    draw("61-accounts-small", &state, &accounts, (560.0, 400.0));
    state.follow(Message::KeepElsewhere, &accounts);
    draw("65-places", &state, &accounts, (1000.0, 760.0));
    let file = keeping::Message::Choose(SecretsPlace::File);
    state.follow(Message::Keeping(file), &accounts);
    draw("66-places-file", &state, &accounts, (1000.0, 760.0));
    draw("67-places-small", &state, &accounts, (560.0, 400.0));
    state.follow(Message::Back, &accounts);
    state.elsewhere = None;
    state.follow(Message::Remove(HOME), &accounts);
    draw("62-remove", &state, &accounts, (1000.0, 760.0));
    if let Some(old) = accounts.last_mut() {
        old.disabled = false;
    }
    state.follow(Message::Remove(OLD), &accounts);
    draw("63-remove-pop3", &state, &accounts, (1000.0, 760.0));
    draw("64-remove-small", &state, &accounts, (560.0, 400.0));
}
