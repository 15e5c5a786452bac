//! How tokens are renewed, against a provider of our own.

use std::time::{Duration, Instant};

use super::*;
use crate::config::Profile;
use crate::engine::{Engine, Options, SecretsChoice};
use crate::model::{Fault, PrefetchPolicy, Protocol};
use crate::oauth::tests::oauth_server::{Mood, OauthServer};

struct Stage {
    web: OauthServer,
    engine: Option<Engine>,
    runtime: tokio::runtime::Runtime,
    shared: Arc<Shared>,
    account: Account,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// An account whose token came `age` seconds ago and lives an hour.
    fn new(age: i64) -> Self {
        let web = OauthServer::start();
        web.renew_with("refresh-0");
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        std::fs::write(profile.oauth_file(), web.registration()).unwrap();
        let engine = Engine::start(Options {
            profile,
            secrets: SecretsChoice::Memory,
            online: false,
            program: None,
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let passwords = Passwords::same(set(age));
        let handle = engine.handle();
        let adding = handle.add_account(settings(), passwords);
        let account = runtime.block_on(adding).unwrap();
        Self {
            web,
            shared: handle.shared.clone(),
            engine: Some(engine),
            runtime,
            account,
            _folder: folder,
        }
    }

    fn pass(&self, server: Server) -> Result<Pass> {
        self.runtime
            .block_on(self.shared.pass(&self.account, server))
    }

    fn after(&self, server: Server, pass: Pass) -> Result<Pass> {
        let no = Error::new(ErrorKind::Auth, "no");
        let trying = self.shared.pass_after(&self.account, server, pass, no);
        self.runtime.block_on(trying)
    }

    /// Asks for a token that the provider will not renew before `held` ends.
    fn renewal_under_way(&self) -> tokio::task::JoinHandle<Result<Pass>> {
        let (shared, account) = (self.shared.clone(), self.account.clone());
        let asking = async move { shared.pass(&account, Server::Incoming).await };
        let asking = self.runtime.spawn(asking);
        let id = self.shared.secret(&self.account, Server::Incoming);
        let is_held = || {
            let slots = self.shared.tokens.slots.lock().unwrap();
            slots.get(&id).is_some_and(|slot| slot.try_lock().is_err())
        };
        let until = Instant::now() + Duration::from_secs(20);
        while !is_held() {
            assert!(Instant::now() < until, "nothing is renewed");
            std::thread::yield_now();
        }
        asking
    }

    /// Keeps secrets in a file from now on.
    fn use_file(&self) {
        let passphrase = Password::new("sesame");
        let moving = self.shared.use_secrets(SecretsChoice::File { passphrase });
        self.runtime.block_on(moving).unwrap();
    }

    /// What the file has for the incoming server once the engine has ended.
    fn reopened(&mut self) -> String {
        let id = self.shared.secret(&self.account, Server::Incoming);
        self.engine.take().unwrap().shutdown().unwrap();
        let passphrase = Password::new("sesame");
        let choice = SecretsChoice::File { passphrase };
        let secrets = crate::secrets::Secrets::open(choice, &self.shared.profile).unwrap();
        secrets.get(id).unwrap().unwrap().reveal().to_owned()
    }

    /// What is kept for the incoming server.
    fn kept(&self) -> String {
        let id = self.shared.secret(&self.account, Server::Incoming);
        let kept = self.runtime.block_on(self.shared.kept(id));
        kept.unwrap().unwrap().reveal().to_owned()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.engine.take());
    }
}

fn set(age: i64) -> Password {
    let obtained = Utc::now().timestamp() - age;
    Password::new(format!(
        "{{\"oauth2\":\"local\",\"access\":\"access-0\",\"refresh\":\"refresh-0\",\"obtained\":{obtained},\"lives\":3600}}"
    ))
}

fn settings() -> AccountSettings {
    let server = |protocol, port| ServerSettings {
        protocol,
        host: "localhost".to_owned(),
        port,
        security: Security::Tls,
        username: "u@x".to_owned(),
        auth: AuthMethod::OAuth2,
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

#[test]
fn a_fresh_token_is_told_without_asking_anybody() {
    let stage = Stage::new(0);
    for server in [Server::Incoming, Server::Outgoing] {
        assert_eq!(stage.pass(server).unwrap().secret.reveal(), "access-0");
    }
    assert!(stage.web.asked().is_empty());
}

#[test]
fn a_token_near_its_end_is_renewed_once_for_both_servers_and_kept() {
    let stage = Stage::new(3500);
    let passes = stage.runtime.block_on(async {
        let pass = |server| stage.shared.pass(&stage.account, server);
        let many = (0..4).flat_map(|_| [pass(Server::Incoming), pass(Server::Outgoing)]);
        futures::future::join_all(many).await
    });
    for pass in passes {
        assert_eq!(pass.unwrap().secret.reveal(), "access-1");
    }
    assert_eq!(stage.web.renewals(), 1);
    assert!(stage.kept().contains("refresh-1"));
}

#[test]
fn a_refused_token_is_renewed_once_whoever_was_refused() {
    let stage = Stage::new(0);
    let first = stage.pass(Server::Incoming).unwrap();
    let second = stage.pass(Server::Outgoing).unwrap();
    let first = stage.after(Server::Incoming, first).unwrap();
    let second = stage.after(Server::Outgoing, second).unwrap();
    assert_eq!(first.secret.reveal(), "access-1");
    assert_eq!(second.secret.reveal(), "access-1");
    assert_eq!(stage.web.renewals(), 1);
    // A server that refuses the new one, too, is not tried again.
    let Err(error) = stage.after(Server::Incoming, first) else {
        panic!("it would try on and on");
    };
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.diagnosis().unwrap().fault, Fault::OAuthExpired);
    assert_eq!(stage.web.renewals(), 1);
}

/// A provider that says itself where it signs people in, to one who is
/// registered under its name.
#[test]
fn a_token_is_renewed_where_the_provider_says() {
    let mut stage = Stage::new(3500);
    let own = "[\"login.x.test\"]\nclient_id = \"waxwing-tests\"\n";
    std::fs::write(stage.shared.profile.oauth_file(), own).unwrap();
    let page = |path: &str| format!("http://127.0.0.1:{}/{path}", stage.web.port);
    let way = BrowserWay {
        issuer: "login.x.test".to_owned(),
        authorize: page("authorize"),
        token: page("token"),
        scopes: vec!["imap".to_owned()],
    };
    stage.shared.tokens.note("localhost".to_owned(), way);
    let set = set(3500).reveal().replace("local\"", "login.x.test\"");
    let passwords = Passwords::same(Password::new(set));
    let id = stage.account.id;
    let setting = stage.shared.set_passwords(id, passwords);
    stage.runtime.block_on(setting).unwrap();
    stage.account = stage.shared.account(id).unwrap();
    let pass = stage.pass(Server::Incoming).unwrap();
    assert_eq!(pass.secret.reveal(), "access-1");
    assert_eq!(stage.web.renewals(), 1);
    // Nobody is asked about a host whose owner cannot be known.
    let mut other = stage.account.clone();
    other.settings.incoming.host = "mail.home".to_owned();
    let asking = stage.shared.pass(&other, Server::Incoming);
    let Err(error) = stage.runtime.block_on(asking) else {
        panic!("the token was told to a stranger");
    };
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn a_fresh_token_of_the_owner_needs_nobody_who_says_where() {
    let mut stage = Stage::new(0);
    let own = "[\"login.x.test\"]\nclient_id = \"waxwing-tests\"\n";
    std::fs::write(stage.shared.profile.oauth_file(), own).unwrap();
    let mut settings = settings();
    settings.incoming.host = "imap.x.test".to_owned();
    settings.outgoing.host = "smtp.other.test".to_owned();
    let set = set(0).reveal().replace("local\"", "login.x.test\"");
    let passwords = Some(Passwords::same(Password::new(set)));
    let id = stage.account.id;
    let edit = stage.shared.update_account(id, settings, passwords);
    stage.account = stage.runtime.block_on(edit).unwrap();
    let pass = stage.pass(Server::Incoming).unwrap();
    assert_eq!(pass.secret.reveal(), "access-0");
    // Neither another owner's server nor one no longer registered with gets it.
    assert!(stage.pass(Server::Outgoing).is_err());
    std::fs::remove_file(stage.shared.profile.oauth_file()).unwrap();
    assert!(stage.pass(Server::Incoming).is_err());
}

#[test]
fn what_is_no_refusal_renews_nothing() {
    let stage = Stage::new(0);
    let pass = stage.pass(Server::Incoming).unwrap();
    let lost = Error::new(ErrorKind::Offline, "lost");
    let trying = stage
        .shared
        .pass_after(&stage.account, Server::Incoming, pass, lost);
    let Err(error) = stage.runtime.block_on(trying) else {
        panic!("it would try again");
    };
    assert_eq!(error.kind(), ErrorKind::Offline);
    assert!(stage.web.asked().is_empty());
}

#[test]
fn while_the_provider_is_down_a_token_is_used_to_its_end() {
    let stage = Stage::new(3500);
    stage.web.be(Mood::Down);
    let pass = stage.pass(Server::Incoming).unwrap();
    assert_eq!(pass.secret.reveal(), "access-0");
    let over = Stage::new(3601);
    over.web.be(Mood::Down);
    let Err(error) = over.pass(Server::Incoming) else {
        panic!("a dead token was told");
    };
    assert_eq!(error.kind(), ErrorKind::Temporary);
    assert!(over.kept().contains("refresh-0"));
}

#[test]
fn a_renewal_is_kept_though_its_caller_went_away() {
    let stage = Stage::new(3500);
    let held = stage.web.hold();
    stage.runtime.block_on(async {
        let mut call = Box::pin(stage.shared.pass(&stage.account, Server::Incoming));
        // It begins, and is dropped while the provider thinks.
        assert!(futures::poll!(&mut call).is_pending());
    });
    drop(held);
    let until = Instant::now() + Duration::from_secs(20);
    while !stage.kept().contains("refresh-1") {
        assert!(Instant::now() < until, "the new token was lost");
        std::thread::yield_now();
    }
    assert_eq!(stage.web.renewals(), 1);
}

#[test]
fn a_renewed_token_that_cannot_be_kept_is_used_told_of_and_kept_later() {
    let mut stage = Stage::new(3500);
    let room = |room| *stage.shared.secrets.room.lock().unwrap() = room;
    room(Some(0));
    let mut events = stage.shared.events.subscribe();
    let pass = stage.pass(Server::Incoming).unwrap();
    assert_eq!(pass.secret.reveal(), "access-1");
    let told = std::iter::from_fn(|| events.try_recv().ok()).find_map(|event| match event {
        Event::Problem { account, error } => Some((account, error)),
        _ => None,
    });
    let (account, error) = told.expect("nobody was told");
    assert_eq!(account, Some(stage.account.id));
    assert!(SecretsTrouble::of(&error).is_some());
    assert!(error.message().contains("Home"), "{error}");
    // Everybody sees the new one: the other server, a check, a move.
    let outgoing = stage.pass(Server::Outgoing).unwrap();
    assert_eq!(outgoing.secret.reveal(), "access-1");
    let whole = stage.shared.whole_secret(&stage.account, Server::Outgoing);
    let whole = stage.runtime.block_on(whole).unwrap();
    assert!(whole.reveal().contains("refresh-1"));
    assert_eq!(stage.web.renewals(), 1);
    // The next renewal goes on from it.
    let next = stage.after(Server::Incoming, pass).unwrap();
    assert_eq!(next.secret.reveal(), "access-2");
    // Another place for secrets gets the newest.
    stage.use_file();
    assert!(stage.shared.secrets.keep_rest().is_ok(), "it moved along");
    assert!(stage.reopened().contains("refresh-2"));
}

#[test]
fn secrets_move_only_after_a_renewal_that_is_under_way() {
    let mut stage = Stage::new(3500);
    let held = stage.web.hold();
    let renewing = stage.renewal_under_way();
    let shared = stage.shared.clone();
    let passphrase = Password::new("sesame");
    let moving = stage
        .runtime
        .spawn(async move { shared.use_secrets(SecretsChoice::File { passphrase }).await });
    // Nothing but the renewal can end this: it never comes too early.
    std::thread::sleep(Duration::from_millis(300));
    assert!(!moving.is_finished(), "a new token would be lost");
    drop(held);
    stage.runtime.block_on(moving).unwrap().unwrap();
    let pass = stage.runtime.block_on(renewing).unwrap().unwrap();
    assert_eq!(pass.secret.reveal(), "access-1");
    assert!(stage.reopened().contains("refresh-1"));
}

#[test]
fn no_renewal_brings_back_the_sign_in_of_a_removed_account() {
    let stage = Stage::new(3500);
    let held = stage.web.hold();
    let renewing = stage.renewal_under_way();
    let (shared, id) = (stage.shared.clone(), stage.account.id);
    let removing = stage
        .runtime
        .spawn(async move { shared.remove_account(id).await });
    std::thread::sleep(Duration::from_millis(300));
    assert!(!removing.is_finished(), "a new token would stay behind");
    drop(held);
    stage.runtime.block_on(removing).unwrap().unwrap();
    drop(stage.runtime.block_on(renewing).unwrap());
    let id = stage.shared.secret(&stage.account, Server::Incoming);
    let kept = stage.runtime.block_on(stage.shared.kept(id));
    assert_eq!(kept.unwrap(), None);
}

#[test]
fn what_could_not_be_kept_is_kept_before_the_end() {
    let mut stage = Stage::new(3500);
    stage.use_file();
    *stage.shared.secrets.room.lock().unwrap() = Some(0);
    stage.pass(Server::Incoming).unwrap();
    *stage.shared.secrets.room.lock().unwrap() = None;
    assert!(stage.reopened().contains("refresh-1"));

    let mut lost = Stage::new(3500);
    lost.use_file();
    *lost.shared.secrets.room.lock().unwrap() = Some(0);
    lost.pass(Server::Incoming).unwrap();
    let ended = lost.engine.take().unwrap().shutdown();
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::Secrets);
}

#[test]
fn a_token_goes_to_its_providers_servers_only_and_never_in_the_clear() {
    let stage = Stage::new(0);
    let mut other = stage.account.clone();
    other.settings.incoming.host = "mail.elsewhere.test".to_owned();
    let asking = stage.shared.pass(&other, Server::Incoming);
    let Err(error) = stage.runtime.block_on(asking) else {
        panic!("the token was told to a stranger");
    };
    assert_eq!(error.kind(), ErrorKind::Config);
    other.settings.incoming.security = Security::None;
    let asking = stage.shared.pass(&other, Server::Incoming);
    let Err(error) = stage.runtime.block_on(asking) else {
        panic!("the token was told in the clear");
    };
    assert_eq!(error.kind(), ErrorKind::Tls);
}

#[test]
fn a_sign_in_that_was_never_made_is_asked_for() {
    let mut stage = Stage::new(0);
    let shared = stage.shared.clone();
    let id = stage.account.id;
    let passwords = Passwords::same(Password::new("hunter2"));
    stage
        .runtime
        .block_on(shared.set_passwords(id, passwords))
        .unwrap();
    stage.account = shared.account(id).unwrap();
    let Err(error) = stage.pass(Server::Incoming) else {
        panic!("a password was told as a token");
    };
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.diagnosis().unwrap().fault, Fault::OAuthExpired);
}
