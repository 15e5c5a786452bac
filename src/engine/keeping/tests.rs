use crate::ErrorKind;
use crate::config::settings::SecretsPlace;
use crate::config::{Profile, Settings};
use crate::engine::{Asker, Engine, Options, Passwords, SecretsChoice, SecretsTrouble};
use crate::model::{
    Account, AccountId, AccountSettings, AuthMethod, Identity, Password, PrefetchPolicy, Protocol,
    Security, ServerSettings,
};
use crate::secrets::Server;

fn engine(folder: &std::path::Path, secrets: SecretsChoice) -> Engine {
    Engine::start(Options {
        profile: Profile::at(folder).unwrap(),
        secrets,
        online: false,
        program: None,
    })
    .unwrap()
}

pub(in crate::engine) fn settings() -> AccountSettings {
    let server = |protocol, port| ServerSettings {
        protocol,
        host: "mail.example.test".to_owned(),
        port,
        security: Security::Tls,
        username: "u@x".to_owned(),
        auth: AuthMethod::Password,
    };
    AccountSettings {
        name: "Home".to_owned(),
        email: "u@example.test".to_owned(),
        display_name: String::new(),
        incoming: server(Protocol::Imap, 993),
        pop3: None,
        outgoing: server(Protocol::Smtp, 465),
        prefetch: PrefetchPolicy::default(),
        identities: Vec::new(),
        connections: None,
    }
}

fn file(passphrase: &str) -> SecretsChoice {
    SecretsChoice::File {
        passphrase: Password::new(passphrase),
    }
}

async fn password(engine: &Engine, id: AccountId) -> crate::Result<Password> {
    let shared = engine.handle().shared;
    let account = shared.account(id)?;
    shared.password(&account, Server::Incoming).await
}

/// The engine ends its tasks by waiting: not on one.
fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

#[test]
fn passwords_move_into_a_file_for_this_time_and_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let started = engine(folder.path(), SecretsChoice::Ask(None));
    let id = on_a_runtime(async {
        let handle = started.handle();
        let passwords = Passwords::same(Password::new("hunter2"));
        let id = handle.add_account(settings(), passwords).await.unwrap().id;
        assert_eq!(handle.keeping().place, SecretsPlace::Ask);
        assert!(!handle.keeping().has_file);
        handle.use_secrets(file("sesame")).await.unwrap();
        assert_eq!(handle.keeping().place, SecretsPlace::File);
        assert!(handle.keeping().has_file && !handle.keeping().is_locked);
        id
    });
    started.shutdown().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    let kept = Settings::load(&profile).value.secrets.place;
    assert_eq!(kept, SecretsPlace::File);
    let text = std::fs::read_to_string(profile.settings_file()).unwrap();
    assert!(text.contains("place = \"file\""), "{text}");

    let again = engine(folder.path(), SecretsChoice::LockedFile);
    assert!(again.handle().keeping().is_locked);
    on_a_runtime(async {
        let locked = password(&again, id).await.unwrap_err();
        assert_eq!(locked.kind(), ErrorKind::Secrets);
        let trouble = SecretsTrouble::of(&locked);
        assert_eq!(trouble, Some(SecretsTrouble::FileLocked));
        let wrong = again.handle().use_secrets(file("wrong")).await;
        let trouble = SecretsTrouble::of(&wrong.unwrap_err());
        assert_eq!(trouble, Some(SecretsTrouble::WrongPassphrase));
        again.handle().use_secrets(file("sesame")).await.unwrap();
        let opened = password(&again, id).await.unwrap();
        assert_eq!(opened.reveal(), "hunter2");
    });
    again.shutdown().unwrap();
}

#[test]
fn passwords_stay_where_they_are_while_the_new_place_cannot_be_noted() {
    let folder = tempfile::tempdir().unwrap();
    let started = engine(folder.path(), SecretsChoice::Ask(None));
    on_a_runtime(async {
        let handle = started.handle();
        let id = handle.add_account(settings(), two("in", "out")).await;
        let id = id.unwrap().id;
        // A folder in the way of the temporary file makes the write fail.
        let file_of_settings = handle.shared.profile.settings_file();
        let in_the_way = file_of_settings.with_extension("toml.new");
        std::fs::create_dir(&in_the_way).unwrap();
        let moving = handle.use_secrets(file("sesame")).await;
        assert_eq!(moving.unwrap_err().kind(), ErrorKind::Config);
        assert_eq!(handle.keeping().place, SecretsPlace::Ask);
        assert_eq!(told(&started, id).await.1, both("in", "out"));
        // Nothing is left in the place that is not used.
        let profile = &handle.shared.profile;
        let left = crate::secrets::Secrets::open(file("sesame"), profile).unwrap();
        let ids = handle
            .shared
            .secrets_of(&handle.shared.account(id).unwrap());
        for id in ids {
            assert_eq!(left.get(id).unwrap(), None);
        }
        std::fs::remove_dir(in_the_way).unwrap();
        handle.use_secrets(file("sesame")).await.unwrap();
        assert_eq!(told(&started, id).await.1, both("in", "out"));
    });
    started.shutdown().unwrap();
}

#[test]
fn somebody_is_asked_in_words_where_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let started = engine(folder.path(), SecretsChoice::Ask(None));
    let id = on_a_runtime(async {
        let passwords = Passwords::same(Password::new("hunter2"));
        let handle = started.handle();
        handle.add_account(settings(), passwords).await.unwrap().id
    });
    started.shutdown().unwrap();
    let asker = Asker::new(|question| {
        assert_eq!(question.account, "Home");
        assert_eq!(question.host, "mail.example.test");
        Some(Password::new("typed"))
    });
    let again = engine(folder.path(), SecretsChoice::Ask(Some(asker)));
    let typed = on_a_runtime(password(&again, id)).unwrap();
    assert_eq!(typed.reveal(), "typed");
    again.shutdown().unwrap();

    let nobody = engine(folder.path(), SecretsChoice::Ask(None));
    let error = on_a_runtime(password(&nobody, id)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    nobody.shutdown().unwrap();
}

/// An engine with an account, whose place for secrets takes `room` more.
fn with_room(engine: &Engine, room: Option<usize>) {
    let shared = engine.handle().shared;
    *shared.secrets.room.lock().unwrap() = room;
}

/// What each server of the account is told, and the account.
async fn told(engine: &Engine, id: AccountId) -> (Account, [Option<String>; 2]) {
    let shared = engine.handle().shared;
    let account = shared.account(id).unwrap();
    let mut told = [None, None];
    for (place, server) in told.iter_mut().zip([Server::Incoming, Server::Outgoing]) {
        let pass = shared.password(&account, server).await;
        *place = pass.ok().map(|secret| secret.reveal().to_owned());
    }
    (account, told)
}

fn two(incoming: &str, outgoing: &str) -> Passwords {
    Passwords {
        incoming: Password::new(incoming),
        outgoing: Password::new(outgoing),
        identities: Vec::new(),
    }
}

fn both(incoming: &str, outgoing: &str) -> [Option<String>; 2] {
    [Some(incoming.to_owned()), Some(outgoing.to_owned())]
}

#[test]
fn an_edit_that_fails_amid_the_passwords_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), file("sesame"));
    on_a_runtime(async {
        let handle = engine.handle();
        let adding = handle.add_account(settings(), two("in", "out"));
        let id = adding.await.unwrap().id;
        let mut elsewhere = settings();
        elsewhere.incoming.host = "mail.elsewhere.test".to_owned();
        for room in [0, 1] {
            with_room(&engine, Some(room));
            let edit = handle.update_account(id, elsewhere.clone(), Some(two("new", "newer")));
            let error = edit.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Secrets);
            let (account, told) = told(&engine, id).await;
            assert_eq!(account.settings, settings(), "after {room}");
            assert_eq!(told, both("in", "out"), "after {room}");
        }
        with_room(&engine, None);
        let (before, _) = told(&engine, id).await;
        let edit = handle.update_account(id, elsewhere.clone(), Some(two("new", "newer")));
        edit.await.unwrap();
        let (account, now) = told(&engine, id).await;
        assert_eq!(account.settings, elsewhere);
        assert_eq!(now, both("new", "newer"));
        // Nobody who still holds the old settings gets at the new passwords.
        let shared = engine.handle().shared;
        assert!(shared.password(&before, Server::Incoming).await.is_err());
    });
    engine.shutdown().unwrap();
    let again = self::engine(folder.path(), file("sesame"));
    on_a_runtime(async {
        let id = again.handle().accounts().await.unwrap()[0].id;
        assert_eq!(told(&again, id).await.1, both("new", "newer"));
    });
    again.shutdown().unwrap();
}

#[test]
fn a_change_that_was_overtaken_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), SecretsChoice::Memory);
    on_a_runtime(async {
        let handle = engine.handle();
        let adding = handle.add_account(settings(), two("in", "out"));
        let before = adding.await.unwrap();
        let newer = handle.set_passwords(before.id, two("new", "newer"));
        newer.await.unwrap();
        let mut renamed = settings();
        renamed.name = "Work".to_owned();
        let late = handle.shared.change_with_secrets(
            &before,
            renamed,
            None,
            std::collections::BTreeMap::new(),
        );
        assert_eq!(late.await.unwrap_err().kind(), ErrorKind::Conflict);
        let (account, now) = told(&engine, before.id).await;
        assert_eq!(account.settings, settings());
        assert_eq!(now, both("new", "newer"));
    });
    engine.shutdown().unwrap();
}

#[test]
fn new_passwords_come_both_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), SecretsChoice::Memory);
    on_a_runtime(async {
        let handle = engine.handle();
        let adding = handle.add_account(settings(), two("in", "out"));
        let id = adding.await.unwrap().id;
        with_room(&engine, Some(1));
        let setting = handle.set_passwords(id, two("new", "newer"));
        assert_eq!(setting.await.unwrap_err().kind(), ErrorKind::Secrets);
        assert_eq!(told(&engine, id).await.1, both("in", "out"));
        with_room(&engine, None);
        let setting = handle.set_passwords(id, two("new", "newer"));
        setting.await.unwrap();
        assert_eq!(told(&engine, id).await.1, both("new", "newer"));
    });
    engine.shutdown().unwrap();
}

#[test]
fn passwords_of_identities_stay_with_their_servers_whatever_fails() {
    let identity = |address: &str| Identity {
        address: address.to_owned(),
        name: String::new(),
        reply_to: None,
        signature: String::new(),
        outgoing: Some(ServerSettings {
            username: address.to_owned(),
            ..settings().outgoing
        }),
    };
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), SecretsChoice::Memory);
    on_a_runtime(async {
        let handle = engine.handle();
        let mut before = settings();
        before.identities = vec![identity("a@x.test"), identity("b@x.test")];
        let mut passwords = two("in", "out");
        passwords.identities = vec![Password::new("a"), Password::new("b")];
        let id = handle
            .add_account(before.clone(), passwords)
            .await
            .unwrap()
            .id;
        let of = async |number| {
            let shared = engine.handle().shared;
            let account = shared.account(id).unwrap();
            let told = shared.password(&account, Server::OutgoingOf(number)).await;
            told.unwrap().reveal().to_owned()
        };
        let mut swapped = before.clone();
        swapped.identities.swap(0, 1);
        with_room(&engine, Some(3));
        let edit = handle.update_account(id, swapped.clone(), None).await;
        assert_eq!(edit.unwrap_err().kind(), ErrorKind::Secrets);
        assert_eq!((of(0).await, of(1).await), ("a".into(), "b".into()));
        with_room(&engine, None);
        handle.update_account(id, swapped, None).await.unwrap();
        assert_eq!((of(0).await, of(1).await), ("b".into(), "a".into()));
        assert_eq!(told(&engine, id).await.1, both("in", "out"));
    });
    engine.shutdown().unwrap();
}
