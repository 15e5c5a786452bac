use crate::ErrorKind;
use crate::config::settings::SecretsPlace;
use crate::config::{Profile, Settings};
use crate::engine::{Asker, Engine, Options, Passwords, SecretsChoice, SecretsTrouble};
use crate::model::{
    AccountId, AccountSettings, AuthMethod, Password, PrefetchPolicy, Protocol, Security,
    ServerSettings,
};
use crate::secrets::Server;

fn engine(folder: &std::path::Path, secrets: SecretsChoice) -> Engine {
    Engine::start(Options {
        profile: Profile::at(folder).unwrap(),
        secrets,
        online: false,
    })
    .unwrap()
}

fn settings() -> AccountSettings {
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
    shared.password(id, Server::Incoming, &settings()).await
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
    started.shutdown();
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
    again.shutdown();
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
    started.shutdown();
    let asker = Asker::new(|question| {
        assert_eq!(question.account, "Home");
        assert_eq!(question.host, "mail.example.test");
        Some(Password::new("typed"))
    });
    let again = engine(folder.path(), SecretsChoice::Ask(Some(asker)));
    let typed = on_a_runtime(password(&again, id)).unwrap();
    assert_eq!(typed.reveal(), "typed");
    again.shutdown();

    let nobody = engine(folder.path(), SecretsChoice::Ask(None));
    let error = on_a_runtime(password(&nobody, id)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    nobody.shutdown();
}
