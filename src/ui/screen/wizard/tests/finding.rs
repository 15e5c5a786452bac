//! What is found about the address, and what the person chooses of it.

use super::*;

fn searches(effects: &[Effect]) -> usize {
    let pauses = effects.iter().filter(|e| matches!(e, Effect::Pause(..)));
    pauses.count()
}

#[test]
fn a_search_begins_once_the_domain_is_whole_and_typing_pauses() {
    let mut state = first_page();
    let effects = types(&mut state, Part::Email.id(), "ann@x.te");
    assert_eq!(searches(&effects), 1, "{effects:?}");
    let first = state.search;
    let effects = types(&mut state, Part::Email.id(), "st");
    assert_eq!(searches(&effects), 2);
    // The pause after "x.te" comes too late.
    assert!(state.follow(Message::Paused(first)).is_empty());
    let effects = state.follow(Message::Paused(state.search));
    assert!(matches!(effects.as_slice(), [Effect::Search(_, email)] if email == "ann@x.test"));
}

#[test]
fn answers_for_another_domain_are_dropped() {
    let mut state = typed();
    let old = state.search;
    state.follow(Message::Paused(old));
    let effects = state.follow(Message::Email("ann@y.test".into()));
    assert!(matches!(
        effects.as_slice(),
        [Effect::StopSearch, Effect::AskMeant(..), Effect::Pause(..)]
    ));
    state.follow(Message::Seen(old, DiscoveryProgress::Found(listed())));
    assert!(state.form.finder.best().is_none());
    assert_eq!(state.form.incoming.host, "imap.y.test");
}

#[test]
fn another_name_at_the_same_provider_needs_no_other_search() {
    let mut state = found(listed());
    let effects = state.follow(Message::Email("anne@x.test".into()));
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(state.form.incoming.username, "anne@x.test");
}

#[test]
fn the_page_says_what_was_found_and_where() {
    let mut state = typed();
    state.follow(Message::Paused(state.search));
    state.follow(Message::Seen(
        state.search,
        asking("https://autoconfig.x.test/mail/config-v1.1.xml"),
    ));
    assert!(sees(
        &state,
        "Looking for the servers of x.test: asking autoconfig.x.test…"
    ));
    ends(&mut state, Discovery::default());
    let state = found(listed());
    for words in [
        "The servers of X Mail are known.",
        "Found in Waxwing's list of providers.",
        "imap.x.test",
        "IMAP · TLS",
        "smtp.x.test",
        "Keep mail on the server",
    ] {
        assert!(sees(&state, words), "{words}");
    }
}

#[test]
fn every_source_has_a_sentence_of_its_own() {
    let sources = [
        DiscoverySource::Table,
        DiscoverySource::Autoconfig,
        DiscoverySource::Ispdb,
        DiscoverySource::MailExchanger {
            host: "mx.y.test".into(),
        },
        DiscoverySource::Srv,
        DiscoverySource::Autodiscover,
        DiscoverySource::Probe,
        DiscoverySource::PlainHttp,
    ];
    let mut sentences: Vec<String> = sources
        .into_iter()
        .map(|source| {
            let found = Candidate { source, ..listed() };
            super::super::finding::found_where(&found, "x.test")
        })
        .collect();
    let all = sentences.len();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!(sentences.len(), all);
}

#[test]
fn pop3_is_a_choice_in_plain_words() {
    let mut state = found(listed());
    click(&mut state, "Fetch mail to this computer");
    let (settings, _) = state.form.submit().unwrap();
    assert_eq!(settings.incoming.place(), "pop.x.test:995");
    assert!(settings.pop3.is_some());
    click(&mut state, "Keep mail on the server");
    assert_eq!(state.form.incoming.host, "imap.x.test");
}

#[test]
fn mail_stays_on_the_server_unless_the_person_chooses_otherwise() {
    let mut pop3_first = listed();
    pop3_first.incoming.reverse();
    let state = found(pop3_first);
    assert_eq!(state.form.incoming.protocol, Protocol::Imap);
}

#[test]
fn what_has_to_be_done_before_is_told_with_its_page() {
    let state = || {
        let mut with_step = listed();
        with_step.preparations.push(Preparation {
            words: "X Mail wants an app password here.".into(),
            url: Some("https://x.test/app".into()),
        });
        found(with_step)
    };
    assert!(sees(&state(), "X Mail wants an app password here."));
    let effects = click(&mut state(), "Open the page");
    assert!(matches!(effects.as_slice(), [Effect::Open(url)] if url == "https://x.test/app"));
}

#[test]
fn a_provider_that_lets_nobody_in_is_named_and_nothing_goes_on() {
    let mut state = typed();
    ends(
        &mut state,
        Discovery {
            candidates: Vec::new(),
            impossible: Some(Impossible {
                provider: "Shut Mail".into(),
                words: "Shut Mail can be read on its own page only.".into(),
                url: Some("https://x.test/why".into()),
            }),
        },
    );
    assert!(sees(&state, "Shut Mail lets no mail program in."));
    assert!(sees(&state, "Shut Mail can be read on its own page only."));
    assert!(state.follow(Message::Submit).is_empty());
    let effects = click(&mut state, "Read more");
    assert!(matches!(effects.as_slice(), [Effect::Open(_)]));
    // A bridge on this computer can still be set up.
    click(&mut state, "Set up by hand");
    assert!(matches!(state.page, Page::ByHand));
}

#[test]
fn servers_that_may_be_forged_are_looked_at_first() {
    let mut state = found(Candidate {
        source: DiscoverySource::PlainHttp,
        trusted: false,
        ..listed()
    });
    let effects = click(&mut state, "Continue");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-confirmed")]
    ));
    assert!(sees(&state, "Please look at the servers first."));
    click(&mut state, "Yes, these are my provider's servers");
    assert!(checks(&click(&mut state, "Continue")));
}

fn forged(host: &str) -> Candidate {
    Candidate {
        source: DiscoverySource::PlainHttp,
        trusted: false,
        incoming: vec![server(Protocol::Imap, host)],
        ..listed()
    }
}

#[test]
fn the_tick_is_for_the_servers_that_were_shown() {
    let mut state = typed();
    state.follow(Message::Paused(state.search));
    let search = state.search;
    state.follow(Message::Seen(
        search,
        DiscoveryProgress::Found(forged("one.x.test")),
    ));
    state.follow(Message::Confirmed(true));
    assert!(!state.form.needs_a_look());
    ends(
        &mut state,
        Discovery {
            candidates: vec![forged("two.x.test"), forged("one.x.test")],
            impossible: None,
        },
    );
    assert!(state.form.needs_a_look());
    assert!(!checks(&click(&mut state, "Continue")));
}

#[test]
fn what_is_proven_does_not_change_under_the_proof() {
    let mut state = typed();
    state.follow(Message::Password(Password::new("secret")));
    state.follow(Message::Paused(state.search));
    let search = state.search;
    state.follow(Message::Seen(search, DiscoveryProgress::Found(listed())));
    let before = state.form.incoming.host.clone();
    assert!(checks(&click(&mut state, "Continue")));
    state.follow(Message::Seen(
        search,
        DiscoveryProgress::Done(Discovery {
            candidates: vec![forged("evil.test")],
            impossible: None,
        }),
    ));
    assert_eq!(state.form.incoming.host, before);
}

#[test]
fn by_hand_no_password_goes_to_servers_nobody_looked_at() {
    let mut state = found(forged("mail.x.test"));
    click(&mut state, "Set up by hand");
    // One name typed says nothing of how the way there is protected.
    state.follow(Message::Server(
        Side::Incoming,
        Change::Host("mine.x.test".into()),
    ));
    assert!(!checks(&state.follow(Message::Submit)));
    assert!(sees(&state, "Please look at the servers first."));
    state.follow(Message::Confirmed(true));
    assert!(checks(&state.follow(Message::Submit)));
}

#[test]
fn a_better_find_takes_the_place_of_a_worse_one_unless_the_person_settled_it() {
    let guess = Candidate {
        source: DiscoverySource::Probe,
        incoming: vec![server(Protocol::Imap, "mail.x.test")],
        ..listed()
    };
    let mut state = typed();
    state.follow(Message::Paused(state.search));
    state.follow(Message::Seen(state.search, DiscoveryProgress::Found(guess)));
    assert_eq!(state.form.incoming.host, "mail.x.test");
    state.follow(Message::Server(
        Side::Outgoing,
        Change::Host("own.x.test".into()),
    ));
    let all = Discovery {
        candidates: vec![listed()],
        impossible: None,
    };
    state.follow(Message::Seen(state.search, DiscoveryProgress::Done(all)));
    assert_eq!(state.form.incoming.host, "imap.x.test");
    assert_eq!(state.form.outgoing.host, "own.x.test");
    state.follow(Message::AsFound);
    assert_eq!(state.form.outgoing.host, "smtp.x.test");
}

#[test]
fn a_search_that_ends_without_a_word_ends() {
    let mut state = typed();
    state.follow(Message::Paused(state.search));
    state.follow(Message::Searched(state.search));
    assert_eq!(state.form.finder.phase, Phase::Ended);
}

/// As [`typed`], but the domain is a slip of the fingers.
fn slipped() -> State {
    let mut state = typed();
    state.follow(Message::Email("ann@gmial.com".into()));
    let search = state.search;
    state.follow(Message::LikelyMeant(search, "ann@gmail.com".into()));
    state.follow(Message::Paused(search));
    state
}

#[test]
fn a_slip_in_the_domain_is_offered_and_never_mended_by_itself() {
    let mut state = slipped();
    assert!(sees(&state, "Did you mean ann@gmail.com?"));
    assert_eq!(state.form.email, "ann@gmial.com");
    // Who types on is still asked, about the name as it is by now.
    state.follow(Message::Email("anne@gmial.com".into()));
    let effects = click(&mut state, "Yes");
    assert_eq!(state.form.email, "anne@gmail.com");
    assert_eq!(searches(&effects), 1, "{effects:?}");
    assert!(!sees(&state, "Did you mean anne@gmail.com?"));
}

#[test]
fn one_key_takes_the_other_address_and_only_where_one_is_offered() {
    let down = Press {
        key: iced::keyboard::Key::Named(Named::ArrowDown),
        modified: iced::keyboard::Key::Named(Named::ArrowDown),
        modifiers: Modifiers::empty(),
    };
    assert!(typed().key_means(&down).is_none());
    let mut state = slipped();
    let message = state.key_means(&down).unwrap();
    state.follow(message);
    assert_eq!(state.form.email, "ann@gmail.com");
}

#[test]
fn no_password_goes_to_a_likely_slip_before_one_more_look() {
    let mut state = slipped();
    let known = Discovery {
        candidates: vec![listed()],
        impossible: None,
    };
    ends(&mut state, known);
    let effects = click(&mut state, "Continue");
    assert!(
        matches!(effects.as_slice(), [Effect::Focus("wizard-email")]),
        "{effects:?}"
    );
    // Then it is the person's word.
    assert!(checks(&click(&mut state, "Continue")));
    let mut state = slipped();
    click(&mut state, "No");
    assert!(!sees(&state, "Did you mean ann@gmail.com?"));
    ends(&mut state, Discovery::default());
    click(&mut state, "Continue");
    assert!(matches!(state.page, Page::ByHand));
}

#[test]
fn an_offer_for_another_domain_is_dropped() {
    let mut state = slipped();
    let old = state.search;
    state.follow(Message::Email("ann@y.test".into()));
    state.follow(Message::LikelyMeant(old, "ann@gmail.com".into()));
    assert_eq!(state.form.finder.meant(), None);
}

#[test]
fn why_nothing_was_found_is_told() {
    let mut state = typed();
    let search = state.search;
    state.follow(Message::Paused(search));
    let none = DiscoveryProgress::Done(Discovery::default());
    state.follow(Message::Seen(search, none));
    let effects = state.follow(Message::Searched(search));
    assert!(
        matches!(effects.as_slice(), [Effect::AskWhy(_, email)] if email == "ann@x.test"),
        "{effects:?}"
    );
    let why = Error::new(ErrorKind::Dns, "There is no domain x.test.");
    state.follow(Message::NothingFound(search, why));
    let words = "There is no domain x.test. Check what stands after the @.";
    assert!(sees(&state, words));
    let known = state.follow(Message::Searched(search));
    assert!(matches!(known.as_slice(), [Effect::AskWhy(..)]));
    assert!(
        !found(listed())
            .follow(Message::Searched(search))
            .iter()
            .any(|effect| matches!(effect, Effect::AskWhy(..)))
    );
}

/// What another source says of the same domain.
fn other(source: DiscoverySource, host: &str) -> Candidate {
    Candidate {
        source,
        provider: None,
        incoming: vec![server(Protocol::Imap, host)],
        outgoing: vec![server(Protocol::Smtp, host)],
        ..listed()
    }
}

#[test]
fn other_servers_that_were_found_can_be_taken() {
    let srv = || other(DiscoverySource::Srv, "mail.y.test");
    let same = Candidate {
        source: DiscoverySource::Ispdb,
        ..listed()
    };
    let mut state = finds(typed(), vec![listed(), same, srv()]);
    let words = "mail.y.test · mail.y.test";
    assert!(!sees(&state, words));
    click(&mut state, "All servers that were found");
    // What leads to the same servers is no choice.
    assert!(!sees(
        &state,
        "Found in Thunderbird's public list of providers."
    ));
    click(&mut state, words);
    let (settings, _) = state.form.submit().unwrap();
    assert_eq!(settings.incoming.host, "mail.y.test");
    assert_eq!(settings.outgoing.host, "mail.y.test");
    // News of the same domain leaves the choice alone.
    let search = state.search;
    let late = other(DiscoverySource::Probe, "late.y.test");
    state.follow(Message::Seen(search, DiscoveryProgress::Found(late)));
    assert_eq!(state.form.incoming.host, "mail.y.test");
    click(&mut state, "imap.x.test · smtp.x.test");
    assert_eq!(state.form.incoming.host, "imap.x.test");
    // With one way only there is nothing to choose.
    assert!(!sees(&found(listed()), "All servers that were found"));
}

#[test]
fn a_tick_for_some_servers_is_no_tick_for_others() {
    let doubtful = |host| Candidate {
        trusted: false,
        ..other(DiscoverySource::PlainHttp, host)
    };
    let mut second = doubtful("two.y.test");
    second.place = "two".into();
    let mut state = finds(typed(), vec![doubtful("one.y.test"), second]);
    state.follow(Message::Confirmed(true));
    state.follow(Message::Take(DiscoverySource::PlainHttp, "two".into()));
    assert_eq!(state.form.incoming.host, "two.y.test");
    assert!(state.form.needs_a_look());
}

#[test]
fn what_could_not_be_asked_without_a_network_is_asked_once_it_is_back() {
    for words in ["Try again", "Continue"] {
        let mut state = typed();
        ends(&mut state, Discovery::default());
        let search = state.search;
        let why = Error::new(ErrorKind::Offline, "This computer is not connected.");
        state.follow(Message::NothingFound(search, why));
        assert!(sees(&state, "This computer is not connected."));
        let effects = click(&mut state, words);
        assert!(
            matches!(effects.as_slice(), [Effect::Search(_, email)] if email == "ann@x.test"),
            "{words}: {effects:?}"
        );
        assert!(!sees(&state, "Try again"));
        state.follow(Message::Seen(search, DiscoveryProgress::Found(listed())));
        assert_eq!(state.form.incoming.host, "imap.x.test");
    }
}

#[test]
fn a_likely_slip_is_known_before_typing_pauses_and_shown_after() {
    let mut state = typed();
    let effects = state.follow(Message::Email("ann@gmial.com".into()));
    let search = state.search;
    assert!(
        matches!(
            effects.as_slice(),
            [Effect::StopSearch, Effect::AskMeant(asked, email), Effect::Pause(..)]
                if *asked == search && email == "ann@gmial.com"
        ),
        "{effects:?}"
    );
    state.follow(Message::LikelyMeant(search, "ann@gmail.com".into()));
    let words = "Did you mean ann@gmail.com?";
    assert!(!sees(&state, words));
    // Whoever is quicker than the pause is asked all the same.
    let effects = click(&mut state, "Continue");
    assert!(
        matches!(effects.as_slice(), [Effect::Focus("wizard-email")]),
        "{effects:?}"
    );
    assert!(sees(&state, words));
}
