//! Pictures of the composer, drawn when `WAXWING_PICTURES` names a folder.

use iced::theme::Mode;
use iced_test::Simulator;

use super::*;
use crate::ui::theme::{ThemeChoice, theme};

fn draw(name: &str, state: &State, world: &World, size: (f32, f32)) {
    let Some(folder) = std::env::var_os("WAXWING_PICTURES") else {
        return;
    };
    let context = world.context();
    for (mode, suffix) in [(Mode::Light, "light"), (Mode::Dark, "dark")] {
        let mut ui: Simulator<'_, Message> =
            Simulator::with_size(crate::ui::settings(), size, state.view(&context));
        let path = std::path::Path::new(&folder).join(format!("{name}-{suffix}"));
        ui.snapshot(&theme(ThemeChoice::System, mode))
            .unwrap()
            .matches_image(path)
            .unwrap();
    }
}

const SIZE: (f32, f32) = (760.0, 640.0);

#[test]
fn pictures_of_the_composer() {
    let mut world = World::new();
    let mut state = world.composer();
    draw("composer-empty", &state, &world, SIZE);

    world.accounts.push(account(2, "Ann", "work@z.test"));
    state = world.open(reply());
    world.write(
        &mut state,
        "Dear Bob,\n\nyes, Tuesday suits me well. The plan is attached.\n\nAnn\n",
    );
    for (name, size) in [
        ("Plan of the house.pdf", 1_240_000),
        ("façade.jpg", 380_000),
    ] {
        state.attachments.push(file(name, size));
    }
    state.saving.at = Some(Local::now());
    draw("composer-reply", &state, &world, SIZE);
    draw("composer-200", &state, &world, (480.0, 400.0));

    state.attachments.clear();
    world.address(&mut state, "zoe, \"Doe, Jo\" <jo@x.test>, half");
    let many = (1..30).map(|n| format!("Person {n} <p{n}@y.test>, "));
    let message = address_field::Message::Input(many.collect());
    world.follow(&mut state, Message::ShowCopies);
    world.follow(&mut state, Message::Address(Field::Cc, message));
    world.follow(&mut state, Message::Send);
    draw("composer-addresses", &state, &world, SIZE);

    let mut state = world.written();
    world.write(&mut state, " I have attached it.");
    state
        .files
        .problems
        .push("“gone.txt” was not attached: there is no such file.".into());
    world.follow(&mut state, Message::Path(Some(String::new())));
    world.follow(&mut state, Message::ChooseFrom);
    world.follow(&mut state, Message::Send);
    draw("composer-question", &state, &world, SIZE);
}
