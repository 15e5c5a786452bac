//! The page of storage, without an engine.

use iced::Size;
use iced_test::Simulator;
use waxwing::ErrorKind;

use super::*;
use crate::ui::Options;
use crate::ui::tests::fixture::{self, context};

fn figures() -> Figures {
    let size = |folder, messages, here: u64| FolderSize {
        folder: FolderId(folder),
        messages,
        messages_here: here,
        bytes: messages * 1_000_000,
        bytes_here: here * 1_000_000,
    };
    Figures {
        folders: fixture::folders(),
        sizes: vec![size(1, 40, 10), size(8, 2000, 2000), size(21, 7, 7)],
        room: Room {
            disk: 1_300_000_000,
            uncovered: 30,
        },
    }
}

/// The page with its figures, and with the folders of the first account open.
fn page(accounts: &[Account]) -> State {
    let options = Options::default();
    let (mut state, _) = State::open(&context(&options, accounts));
    state.follow(Message::Read(Ok(figures())), accounts);
    state.follow(Message::Fold(AccountId(1)), accounts);
    state
}

/// Lets `drive` use the drawn page, and says what came of it.
fn with_ui(
    state: &State,
    accounts: &[Account],
    width: f32,
    drive: impl FnOnce(&mut Simulator<'_, Message>),
) -> Vec<Message> {
    let options = Options::default();
    let view = state.view(&context(&options, accounts));
    let size = Size::new(width, 1400.0);
    let mut ui = Simulator::with_size(crate::ui::settings(), size, view);
    drive(&mut ui);
    ui.into_messages().collect()
}

#[test]
fn what_each_account_and_folder_takes_is_told() {
    let accounts = fixture::accounts();
    let state = page(&accounts);
    for width in [1000.0, 560.0] {
        with_ui(&state, &accounts, width, |ui| {
            for words in [
                "Waxwing takes 1.3 GB on this disk. The texts of 30 messages cannot be searched: \
                 they are not here, or not in the index yet.",
                "2,040 messages, 2.0 GB; 2.0 GB of it are here",
                "40 messages, 40.0 MB; 10.0 MB of it are here",
                "Family / Photos",
                "2,000 messages, 2.0 GB, all here",
                "7 messages, 7.0 MB, all here",
            ] {
                assert!(ui.find(words).is_ok(), "{words}");
            }
            // The folders of the other account are folded away.
            assert!(ui.find("Projects").is_err());
        });
    }
    let sizes = state.folders_of(&accounts[0]);
    let largest: Vec<&str> = sizes
        .iter()
        .map(|(folder, _)| folder.path.as_str())
        .collect();
    assert_eq!(largest, ["Family/Photos", "INBOX"]);
}

#[test]
fn what_is_kept_here_is_an_accounts_setting() {
    let accounts = fixture::accounts();
    let mut state = page(&accounts);
    let pressed = with_ui(&state, &accounts[..1], 1000.0, |ui| {
        ui.click("3 months").unwrap();
    });
    let [message] = pressed.try_into().unwrap();
    let effects = state.follow(message, &accounts);
    let [Effect::Settle(id, settings)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(*id, AccountId(1));
    assert_eq!(settings.prefetch.what, Prefetch::Months(3));
    let mut expected = accounts[0].settings.clone();
    expected.prefetch.what = Prefetch::Months(3);
    assert_eq!(**settings, expected, "nothing else changes");
}

#[test]
fn cleaning_up_says_what_went_and_reads_anew() {
    let accounts = fixture::accounts();
    let mut state = page(&accounts);
    let pressed = with_ui(&state, &accounts, 1000.0, |ui| {
        ui.click("Clean up now").unwrap();
    });
    for message in pressed {
        assert_eq!(state.follow(message, &accounts), [Effect::CleanUp]);
    }
    let freed = Freed {
        messages: 12,
        bytes: 3_400_000,
    };
    let then = state.follow(Message::CleanedUp(Ok(freed)), &accounts);
    assert_eq!(then, [Effect::Read]);
    with_ui(&state, &accounts, 1000.0, |ui| {
        let words =
            "The texts of 12 messages are only on their servers now: 3.4 MB were given back.";
        assert!(ui.find(words).is_ok());
    });
}

#[test]
fn a_backup_shows_how_far_it_is_and_can_be_stopped() {
    let accounts = fixture::accounts();
    let mut state = page(&accounts);
    let path = PathBuf::from("/backups/all.waxwing");
    let begun = state.follow(Message::Picked(Picked::Path(path.clone())), &accounts);
    assert_eq!(begun, [Effect::BackUp(path.clone())]);
    let copied = BackupProgress::Copied {
        bytes: 16_000_000,
        total: 64_000_000,
    };
    state.follow(Message::BackedUp(Ok(copied)), &accounts);
    let pressed = with_ui(&state, &accounts, 1000.0, |ui| {
        assert!(ui.find("16.0 MB of 64.0 MB").is_ok());
        ui.click("Stop").unwrap();
    });
    for message in pressed {
        state.follow(message, &accounts);
    }
    // What comes of it after that counts for nothing.
    let done = || Message::BackedUp(Ok(BackupProgress::Done { bytes: 64_000_000 }));
    state.follow(done(), &accounts);
    assert!(matches!(state.backup, Backup::Not));
    state.follow(Message::Picked(Picked::Path(path)), &accounts);
    state.follow(done(), &accounts);
    with_ui(&state, &accounts, 1000.0, |ui| {
        let words = "Everything is in /backups/all.waxwing now: 64.0 MB.";
        assert!(ui.find(words).is_ok());
    });
}

#[test]
fn without_a_file_dialog_the_place_is_typed() {
    let accounts = fixture::accounts();
    let mut state = page(&accounts);
    state.follow(Message::Picked(Picked::NoDialog), &accounts);
    let Backup::Where(suggested) = &state.backup else {
        panic!("{:?}", state.backup);
    };
    assert!(suggested.ends_with(BACKUP));
    state.follow(Message::Typed("  ".into()), &accounts);
    assert!(state.follow(Message::There, &accounts).is_empty());
    state.follow(Message::Typed(" /x/y ".into()), &accounts);
    let begun = state.follow(Message::There, &accounts);
    assert_eq!(begun, [Effect::BackUp("/x/y".into())]);
    let error = Error::new(ErrorKind::DiskFull, "The disk is full.");
    state.follow(Message::BackedUp(Err(error)), &accounts);
    with_ui(&state, &accounts, 1000.0, |ui| {
        assert!(ui.find("The disk is full.").is_ok());
    });
}
