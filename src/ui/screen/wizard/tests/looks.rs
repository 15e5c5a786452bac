//! Pictures of the wizard, drawn when `WAXWING_PICTURES` names a folder; only
//! those whose name holds `WAXWING_PICTURES_OF`, where that is set.

use iced::theme::Mode;
use iced_test::Simulator;

use super::*;
use crate::ui::theme::{ThemeChoice, theme};

fn draw(name: &str, state: &State, size: (f32, f32)) {
    let Some(folder) = std::env::var_os("WAXWING_PICTURES") else {
        // Without eyes on it, building the view is what can fail.
        assert!(!sees(state, "no such words"));
        return;
    };
    let wanted = std::env::var("WAXWING_PICTURES_OF").unwrap_or_default();
    if !name.contains(&wanted) {
        return;
    }
    let options = Options::default();
    let mut home = account();
    home.settings.name = "Old mailbox".into();
    home.settings.incoming.protocol = Protocol::Pop3;
    let accounts = [home];
    for (mode, suffix) in [(Mode::Light, "light"), (Mode::Dark, "dark")] {
        let mut ui: Simulator<'_, Message> = Simulator::with_size(
            crate::ui::settings(),
            size,
            state.view(&beside(&options, &accounts)),
        );
        let path = std::path::Path::new(&folder).join(format!("{name}-{suffix}"));
        ui.snapshot(&theme(ThemeChoice::System, mode))
            .unwrap()
            .matches_image(path)
            .unwrap();
    }
}

const SIZE: (f32, f32) = (1000.0, 760.0);
const SMALL: (f32, f32) = (560.0, 400.0);

fn real(source: DiscoverySource, trusted: bool) -> Candidate {
    let named = |protocol, host: &str| ServerSettings {
        username: "ann.lee@gmail.com".into(),
        ..server(protocol, host)
    };
    Candidate {
        source,
        place: "autoconfig.gmail.com".into(),
        trusted,
        provider: Some("Google Mail".into()),
        incoming: vec![
            named(Protocol::Imap, "imap.gmail.com"),
            named(Protocol::Pop3, "pop.gmail.com"),
        ],
        outgoing: vec![named(Protocol::Smtp, "smtp.gmail.com")],
        preparations: vec![Preparation {
            words: "Google takes an app password here, not the one of your Google account. \
                    Switch on 2-step verification, then make one."
                .into(),
            url: Some("https://myaccount.google.com/apppasswords".into()),
        }],
    }
}

fn person() -> State {
    let mut state = first_page();
    state.follow(Message::Name("Ann Lee".into()));
    state.follow(Message::Email("ann.lee@gmail.com".into()));
    state.follow(Message::Password(Password::new("correct horse")));
    state
}

fn known(candidate: Candidate) -> State {
    finds(person(), vec![candidate])
}

#[test]
fn pictures_of_the_first_page() {
    let (state, _) = State::welcome();
    draw("10-welcome", &state, SIZE);
    draw("11-welcome-small", &state, SMALL);
    let mut state = first_page();
    draw("12-empty", &state, SIZE);
    state.follow(Message::Email("ann@example,org".into()));
    state.follow(Message::Password(Password::new("secret ")));
    draw("13-hints", &state, SIZE);
    state.follow(Message::Password(Password::new("")));
    state.follow(Message::Submit);
    draw("14-problems", &state, SIZE);
    let mut state = person();
    state.follow(Message::Paused(state.search));
    let place = asking("autoconfig.gmail.com");
    state.follow(Message::Seen(state.search, place));
    draw("15-looking", &state, SIZE);
    state.follow(Message::Submit);
    draw("16-waiting", &state, SIZE);
    let mut state = known(real(DiscoverySource::Table, true));
    draw("17-found", &state, SIZE);
    draw("18-found-720", &state, (720.0, 480.0));
    draw("19-found-200", &state, SMALL);
    draw("20-found-tall", &state, (720.0, 1000.0));
    state.follow(Message::Choose(Protocol::Pop3));
    state.follow(Message::ByHand);
    state.follow(Message::Server(Side::Incoming, Change::Port("1993".into())));
    state.follow(Message::Back);
    draw("21-own", &state, SIZE);
    let mut forged = real(DiscoverySource::PlainHttp, false);
    forged.preparations.clear();
    let mut state = known(forged);
    state.follow(Message::Submit);
    draw("22-untrusted", &state, (1000.0, 900.0));
    let srv = |host| Candidate {
        source: DiscoverySource::Srv,
        incoming: vec![server(Protocol::Imap, host)],
        outgoing: vec![server(Protocol::Smtp, host)],
        ..listed()
    };
    let mut state = finds(person(), vec![listed(), srv("mail.gmail.com")]);
    state.follow(Message::Others);
    draw("22-others", &state, (1000.0, 960.0));
    let mut state = person();
    ends(&mut state, Discovery::default());
    draw("23-nothing", &state, SIZE);
    let mut state = first_page();
    state.follow(Message::Email("ann.lee@gmial.com".into()));
    let meant = "ann.lee@gmail.com".to_owned();
    state.follow(Message::LikelyMeant(state.search, meant));
    ends(&mut state, Discovery::default());
    let why = Error::new(ErrorKind::Dns, "There is no domain gmial.com.");
    state.follow(Message::NothingFound(state.search, why));
    draw("28-slip", &state, SIZE);
    draw("29-slip-small", &state, SMALL);
    state.follow(Message::ByHand);
    draw("29-slip-by-hand", &state, SIZE);
    ends_shut();
}

fn ends_shut() {
    let mut state = first_page();
    state.follow(Message::Email("ann@proton.me".into()));
    ends(
        &mut state,
        Discovery {
            candidates: Vec::new(),
            impossible: Some(Impossible {
                provider: "Proton Mail".into(),
                words:
                    "Proton Mail encrypts mail so that mail programs reach it only through Proton \
                    Bridge, which comes with a paid plan and runs on this computer. With Bridge \
                    running, set the account up by hand with the servers Bridge shows."
                        .into(),
                url: Some("https://proton.me/mail/bridge".into()),
            }),
        },
    );
    draw("24-impossible", &state, SIZE);
    let mut both = real(DiscoverySource::Table, true);
    let mut by_browser = both.incoming.first().unwrap().clone();
    by_browser.auth = AuthMethod::OAuth2;
    both.incoming.insert(0, by_browser);
    let mut state = known(both);
    draw("25-browser-or-password", &state, (1000.0, 900.0));
    state.follow(Message::Submit);
    let page = "https://accounts.google.com/o/oauth2/v2/auth?x".to_owned();
    state.follow(Message::Browser(state.epoch, BrowserSignIn::Open(page)));
    draw("26-browser", &state, SIZE);
    let denied = Error::new(
        ErrorKind::Auth,
        "Google did not let Waxwing in: the sign-in was cancelled in the browser.",
    )
    .hint("Sign in once more and choose “Allow”, or use an app password.");
    state.follow(Message::Browser(state.epoch, BrowserSignIn::Failed(denied)));
    draw("27-browser-failed", &state, SIZE);
}

#[test]
fn pictures_of_the_page_by_hand() {
    let mut state = person();
    ends(&mut state, Discovery::default());
    state.follow(Message::ByHand);
    draw("30-by-hand", &state, SIZE);
    draw("31-by-hand-small", &state, SMALL);
    let pasted = " pop3s://ann.lee%40gmail.com@pop.gmail.com ".to_owned();
    state.follow(Message::Server(Side::Incoming, Change::Host(pasted)));
    state.follow(Message::Rules(pop3::Change::Stay(pop3::Stay::Days)));
    state.follow(Message::Rules(pop3::Change::Limit(true)));
    state.follow(Message::Server(
        Side::Outgoing,
        Change::Security(Security::None),
    ));
    state.follow(Message::SamePassword(false));
    draw("32-by-hand-pop3", &state, (1000.0, 1180.0));
    state.follow(Message::Server(
        Side::Outgoing,
        Change::Host("mail server".into()),
    ));
    state.follow(Message::Server(Side::Incoming, Change::Port("x".into())));
    state.follow(Message::Rules(pop3::Change::Days("0".into())));
    state.follow(Message::Submit);
    draw("33-by-hand-problems", &state, (1000.0, 1180.0));
    let state = State::change(account()).0;
    draw("34-change", &state, SIZE);
}

fn checking() -> State {
    let mut state = known(real(DiscoverySource::Table, true));
    state.follow(Message::Submit);
    state
}

#[test]
fn pictures_of_the_proof() {
    let mut state = checking();
    proves(&mut state, Protocol::Smtp);
    for step in [CheckStepKind::Lookup, CheckStepKind::Connect] {
        state.follow(Message::Progress(1, ended(Protocol::Imap, step, None)));
    }
    let (server, step) = (Protocol::Imap, CheckStepKind::Tls);
    state.follow(Message::Progress(1, CheckProgress::Begun { server, step }));
    draw("40-checking", &state, SIZE);
    draw("41-checking-small", &state, SMALL);

    let refused = diagnosed(
        ErrorKind::Auth,
        Fault::AppPassword,
        "imap.gmail.com wants a password made for mail programs, not the one of your Google \
         account.",
        vec![
            Remedy::OpenPage {
                words: "Make an app password".into(),
                url: "https://myaccount.google.com/apppasswords".into(),
            },
            Remedy::TypePassword,
        ],
    );
    let mut state = checking();
    fails(&mut state, server, CheckStepKind::SignIn, refused);
    draw("42-app-password", &state, (1000.0, 860.0));
    state.follow(Message::Details);
    draw("43-details", &state, (1000.0, 860.0));
    draw("44-failed-small", &state, SMALL);

    let mut state = checking();
    let closed = diagnosed(
        ErrorKind::Refused,
        Fault::Refused,
        "smtp.gmail.com is there, but nothing listens on port 465.",
        vec![
            Remedy::Change {
                words: "Use port 587 with STARTTLS".into(),
                server: super::server(Protocol::Smtp, "smtp.gmail.com"),
            },
            Remedy::TryAgain,
            Remedy::SetUpByHand,
        ],
    );
    fails(&mut state, Protocol::Smtp, CheckStepKind::Connect, closed);
    draw("45-refused", &state, SIZE);

    let mut state = checking();
    let certificate = TrustedCertificate {
        host: "imap.gmail.com".into(),
        port: 993,
        sha256: "3f9a0c71d2e845b6".repeat(4),
    };
    state.question = Some(certificate);
    draw("46-trust", &state, SIZE);
    draw("47-trust-small", &state, SMALL);

    let mut state = checking();
    state.follow(Message::Cancel);
    draw("48-stopped", &state, SIZE);

    let (state, _) = State::sign_in_again(account(), Some(super::refused()));
    draw("49-sign-in", &state, SIZE);

    let mut state = checking();
    let troubled = Message::Troubled(super::places::no_keyring(), super::places::KEYRING);
    state.follow(Message::Added(Err(super::places::no_keyring())));
    draw("50-not-kept", &state, SIZE);
    state.follow(troubled);
    state.follow(Message::Keeping(keeping::Message::Submit));
    draw("51-places", &state, SIZE);
}
