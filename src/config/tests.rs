use super::*;
use crate::error::ErrorKind;
use crate::model::AccountId;

const HOME: &str = r#"
name = "Home"
email = "user1@example.test"
[incoming]
protocol = "pop3"
host = "127.0.0.1"
[outgoing]
host = "127.0.0.1"
"#;

fn profile() -> (tempfile::TempDir, Profile) {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    (folder, profile)
}

fn settings(name: &str) -> crate::model::AccountSettings {
    let mut settings = account_file::parse(HOME, "home.toml").unwrap();
    settings.name = name.to_owned();
    settings
}

#[test]
fn accounts_come_back_as_they_were() {
    let (_folder, profile) = profile();
    let mut accounts = Accounts::load(&profile).value;
    accounts.add(settings("Home")).unwrap();
    accounts.add(settings("Work")).unwrap();
    accounts.save(&profile).unwrap();
    let again = Accounts::load(&profile);
    assert!(again.report.is_none());
    assert_eq!(again.value, accounts);
    assert_eq!(again.value.named("work").unwrap().id, AccountId(2));
}

#[test]
fn an_id_is_never_given_out_twice() {
    let (_folder, profile) = profile();
    let mut accounts = Accounts::load(&profile).value;
    let first = accounts.add(settings("Home")).unwrap();
    accounts.remove(first.id).unwrap();
    accounts.save(&profile).unwrap();
    let mut accounts = Accounts::load(&profile).value;
    assert_eq!(accounts.add(settings("Home")).unwrap().id, AccountId(2));
}

#[test]
fn a_name_is_had_once() {
    let mut accounts = Accounts::default();
    let home = accounts.add(settings("Home")).unwrap();
    let error = accounts.add(settings("HOME")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    accounts.replace(home.id, settings("home"), 7).unwrap();
    assert_eq!(accounts.find(home.id).unwrap().secrets, 7);
    let error = accounts.add(settings(" ")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[test]
fn accounts_that_cannot_be_read_are_never_overwritten() {
    let (_folder, profile) = profile();
    let garbled = "version = 1\nprofile = \"\nlast";
    std::fs::write(profile.accounts_file(), garbled).unwrap();
    let loaded = Accounts::load(&profile);
    let report = loaded.report.unwrap();
    assert_eq!(report.kind(), ErrorKind::Config);
    assert!(
        report.message().contains("accounts.toml, line 3"),
        "{report}"
    );
    let error = loaded.value.save(&profile).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let kept = std::fs::read_to_string(profile.accounts_file()).unwrap();
    assert_eq!(kept, garbled);
}

#[test]
fn two_accounts_with_one_id_are_told() {
    let (_folder, profile) = profile();
    let mut accounts = Accounts::default();
    accounts.add(settings("Home")).unwrap();
    accounts.add(settings("Work")).unwrap();
    accounts.save(&profile).unwrap();
    let text = std::fs::read_to_string(profile.accounts_file()).unwrap();
    std::fs::write(profile.accounts_file(), text.replace("id = 2", "id = 1")).unwrap();
    let report = Accounts::load(&profile).report.unwrap();
    assert!(report.message().contains("id 1"), "{report}");
}

#[test]
fn a_newer_version_is_refused_and_left_alone() {
    let (_folder, profile) = profile();
    for path in [profile.accounts_file(), profile.settings_file()] {
        std::fs::write(&path, "version = 99\nnew = true\n").unwrap();
    }
    let loaded = Settings::load(&profile);
    let report = loaded.report.unwrap();
    assert!(report.message().contains("version 99"), "{report}");
    assert!(loaded.value.save(&profile).is_err());
    let accounts = Accounts::load(&profile);
    assert!(accounts.report.is_some());
    assert!(accounts.value.save(&profile).is_err());
    for path in [profile.accounts_file(), profile.settings_file()] {
        let kept = std::fs::read_to_string(path).unwrap();
        assert_eq!(kept, "version = 99\nnew = true\n");
    }
}

#[test]
fn broken_settings_are_kept_aside_when_new_ones_are_saved() {
    let (_folder, profile) = profile();
    std::fs::write(profile.settings_file(), "appearance = 3\n").unwrap();
    let loaded = Settings::load(&profile);
    assert!(loaded.report.unwrap().message().contains("line 1"));
    loaded.value.save(&profile).unwrap();
    let aside = profile.settings_file().with_extension("toml.broken-1");
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "appearance = 3\n");
    assert!(Settings::load(&profile).report.is_none());
}

#[test]
fn settings_need_not_be_complete_and_may_say_more() {
    let (_folder, profile) = profile();
    let text = "future = 1\n[appearance]\ntheme = \"high-contrast\"\nother = 2\n";
    std::fs::write(profile.settings_file(), text).unwrap();
    let loaded = Settings::load(&profile);
    assert!(loaded.report.is_none());
    let expected = settings::ThemeChoice::HighContrast;
    assert_eq!(loaded.value.appearance.theme, expected);
    assert_eq!(loaded.value.sending.undo_seconds, 10);
}

#[test]
fn the_state_of_the_window_comes_back() {
    let (_folder, profile) = profile();
    let state = UiState {
        width: 640.5,
        last_folder: Some(state::LastFolder {
            account: AccountId(7),
            path: "Lists/Rust".to_owned(),
        }),
        ..UiState::default()
    };
    state.save(&profile).unwrap();
    assert_eq!(UiState::load(&profile).value, state);
    let mut state = state;
    for number in 0..30 {
        state.remember_search(&format!("from:{number}"));
    }
    state.remember_search("from:20");
    assert_eq!(state.searches.len(), 20);
    assert_eq!(state.searches[..2], ["from:20", "from:29"]);
    let arranged = state::ListState {
        sort: crate::model::Sort::by(crate::model::SortKey::Sender),
        unread: true,
        ..state::ListState::default()
    };
    state.lists.insert("1/Lists/Rust".to_owned(), arranged);
    state.save(&profile).unwrap();
    assert_eq!(UiState::load(&profile).value, state);
}

#[test]
fn how_mail_is_shown_comes_back_as_it_was() {
    use settings::{MarkRead, Settings};
    let (_folder, profile) = profile();
    let mut settings = Settings::default();
    assert_eq!(settings.reading.mark_read, MarkRead::AfterSeconds(1));
    for when in [
        MarkRead::AtOnce,
        MarkRead::AfterSeconds(30),
        MarkRead::ByHand,
    ] {
        settings.reading.mark_read = when;
        settings.reading.allow_pictures("@Example.org");
        settings.reading.keep_colours("Ada@Example.org", true);
        settings.save(&profile).unwrap();
        let again = Settings::load(&profile);
        assert!(again.report.is_none());
        assert_eq!(again.value, settings);
    }
    assert!(settings.reading.allows_pictures("ada@EXAMPLE.org"));
    assert!(!settings.reading.allows_pictures("ada@sub.example.org"));
    assert!(settings.reading.keeps_colours("ada@example.ORG"));
    settings.reading.keep_colours("ADA@example.org", false);
    assert!(!settings.reading.keeps_colours("ada@example.org"));
}
