//! What each message does, as plain data.

use waxwing::engine::BrowserSignIn;
use waxwing::model::{AuthMethod, DiscoveryProgress, Remedy};
use waxwing::{Error, ErrorKind, Result};

use super::browser::Browser;
use super::check::{Check, Lane};
use super::effect::Effect;
use super::finding::Next;
use super::form::{Form, Part};
use super::server::Side;
use super::{Message, Page, Start, State, person_view};

impl State {
    pub(super) fn follow(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::AddAccount => self.go_to_person(),
            Message::Demo => vec![Effect::Demo],
            Message::Back => self.back(),
            Message::Submit => self.submit(),
            Message::Cancel => self.cancel(),
            Message::Email(email) => self.email(email),
            Message::Paused(search) => self.paused(search),
            Message::SearchAgain => self.search_again(),
            Message::Seen(search, seen) => self.seen(search, seen),
            Message::Searched(search) => self.searched(search),
            Message::LikelyMeant(search, address) => self.likely_meant(search, &address),
            Message::Meant(other) => self.meant(other),
            Message::NothingFound(search, why) => self.nothing_found(search, why),
            Message::ByHand => self.go_by_hand(),
            Message::Progress(epoch, progress) => self.progress(epoch, progress),
            Message::Checked(epoch) => self.checked(epoch),
            Message::SaveAnyway => self.save_anyway(),
            Message::Remedy(side, remedy) => self.mend(side, remedy),
            Message::Trust(trusts) => self.judge_certificate(trusts),
            Message::Trusted(answer) => self.trusted(answer),
            Message::KeepElsewhere => self.keep_elsewhere(),
            Message::Troubled(error, keeping) => self.troubled(error, keeping),
            Message::Keeping(message) => self.keeping(message),
            Message::Browser(epoch, seen) => self.browser(epoch, seen),
            Message::Open(page) => vec![Effect::Open(page)],
            Message::Copy(page) => vec![
                Effect::Copy(page),
                Effect::Tell("The address of the page is copied.".to_owned()),
            ],
            Message::Added(answer) => self.added(answer),
            Message::Saved(answer) => self.saved(answer),
            typed => {
                self.typed(typed);
                Vec::new()
            }
        }
    }

    /// What only changes what is typed or chosen.
    fn typed(&mut self, message: Message) {
        let form = &mut self.form;
        match message {
            Message::Label(label) => form.label = label,
            Message::Name(name) => form.name = name,
            Message::Password(password) => form.password = password,
            Message::OutgoingPassword(password) => form.outgoing_password = password,
            Message::Reveal => form.revealed = !form.revealed,
            Message::SamePassword(same) => form.same_password = same,
            Message::CleanPassword => form.clean_passwords(),
            Message::Server(side, change) => form.change(side, change),
            Message::Rules(change) => form.rules.change(change),
            Message::Choose(protocol) => {
                form.finder.choose(protocol);
                form.adopt();
            }
            Message::Take(source, place) => {
                form.finder.take(source, place);
                form.adopt();
            }
            Message::Others => self.others = !self.others,
            Message::SignInBy(auth) => form.choose_sign_in(auth),
            Message::Confirmed(right) => form.finder.confirmed = right,
            Message::AsFound => form.as_found(),
            Message::Details => self.details = !self.details,
            _ => {}
        }
    }

    fn go_to_person(&mut self) -> Vec<Effect> {
        self.page = Page::Person;
        self.start = Start::Person;
        vec![Effect::Focus(person_view::NAME)]
    }

    fn go_by_hand(&mut self) -> Vec<Effect> {
        self.page = Page::ByHand;
        self.start = Start::ByHand;
        self.goes_on = false;
        self.form.settle_hosts(None);
        let first = match self.form.address() {
            Ok(_) => Part::Host(Side::Incoming),
            Err(_) => Part::Email,
        };
        vec![Effect::Focus(first.id())]
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.question.take().is_some() {
            return Vec::new();
        }
        if self.goes_on {
            self.goes_on = false;
            return Vec::new();
        }
        match &self.page {
            Page::Check(check) if check.phase == super::check::Phase::Saving => Vec::new(),
            Page::Check(_) | Page::Browser(_) => {
                self.epoch += 1;
                self.page = self.page_of_start();
                vec![Effect::Stop]
            }
            Page::ByHand if self.form.of.is_none() => {
                self.page = Page::Person;
                self.start = Start::Person;
                Vec::new()
            }
            Page::ByHand if self.refused.is_some() => {
                self.page = Page::SignIn;
                self.start = Start::SignIn;
                Vec::new()
            }
            Page::Welcome => Vec::new(),
            _ if self.can_leave => vec![Effect::StopSearch, Effect::Leave],
            _ => {
                self.page = Page::Welcome;
                Vec::new()
            }
        }
    }

    fn page_of_start(&self) -> Page {
        match self.start {
            Start::Person => Page::Person,
            Start::ByHand => Page::ByHand,
            Start::SignIn => Page::SignIn,
        }
    }

    fn email(&mut self, email: String) -> Vec<Effect> {
        let next = self.form.email_typed(email);
        match next {
            Next::Nothing => Vec::new(),
            Next::Stop => {
                self.search += 1;
                self.goes_on = false;
                vec![Effect::StopSearch]
            }
            Next::Pause => {
                self.search += 1;
                self.goes_on = false;
                let email = self.form.finder.email();
                vec![
                    Effect::StopSearch,
                    Effect::AskMeant(self.search, email.to_owned()),
                    Effect::Pause(self.search, email.to_owned()),
                ]
            }
        }
    }

    fn paused(&mut self, search: u64) -> Vec<Effect> {
        if search == self.search {
            self.begin_search()
        } else {
            Vec::new()
        }
    }

    fn begin_search(&mut self) -> Vec<Effect> {
        match self.form.finder.begin() {
            Some(email) => vec![Effect::Search(self.search, email)],
            None => Vec::new(),
        }
    }

    /// Searches, also where that could not be done before without a network.
    fn search_again(&mut self) -> Vec<Effect> {
        self.form.finder.look_again();
        self.begin_search()
    }

    fn seen(&mut self, search: u64, seen: DiscoveryProgress) -> Vec<Effect> {
        if search != self.search {
            return Vec::new();
        }
        // What is being proven, or was, must not change under it.
        if matches!(self.page, Page::Check(_) | Page::Browser(_)) {
            return Vec::new();
        }
        self.form.finder.seen(seen);
        self.form.adopt();
        self.go_on_if_wanted()
    }

    fn searched(&mut self, search: u64) -> Vec<Effect> {
        if search != self.search {
            return Vec::new();
        }
        self.form.finder.end();
        let mut effects = self.go_on_if_wanted();
        let finder = &self.form.finder;
        if finder.knows_nothing() {
            effects.push(Effect::AskWhy(search, finder.email().to_owned()));
        }
        effects
    }

    fn nothing_found(&mut self, search: u64, why: Error) -> Vec<Effect> {
        if search == self.search {
            self.form.finder.nothing = Some(why);
        }
        Vec::new()
    }

    fn likely_meant(&mut self, search: u64, address: &str) -> Vec<Effect> {
        if search == self.search {
            self.form.finder.likely_meant(address);
        }
        Vec::new()
    }

    /// The person takes the other address, or says that theirs is right.
    fn meant(&mut self, other: bool) -> Vec<Effect> {
        let Some(address) = self.form.finder.meant() else {
            return Vec::new();
        };
        if !other {
            self.form.finder.is_meant();
            return vec![Effect::Focus(Part::Email.id())];
        }
        let mut effects = self.email(address);
        effects.push(Effect::Focus(Part::Email.id()));
        effects
    }

    /// Whether another address can be taken by a key.
    pub(super) fn offers_another_address(&self) -> bool {
        matches!(self.page, Page::Person | Page::ByHand)
            && self.question.is_none()
            && self.form.finder.offered().is_some()
    }

    fn go_on_if_wanted(&mut self) -> Vec<Effect> {
        if self.goes_on && !self.form.finder.is_looking() {
            self.goes_on = false;
            self.submit()
        } else {
            Vec::new()
        }
    }

    fn submit(&mut self) -> Vec<Effect> {
        match &self.page {
            Page::Welcome => self.go_to_person(),
            Page::Person => self.submit_person(),
            Page::ByHand => self.submit_by_hand(),
            Page::SignIn => self.submit_sign_in(),
            Page::Check(check) if check.is_stopped() => self.prove(),
            Page::Browser(browser) if browser.failure.is_some() => self.begin_browser(),
            Page::Check(_) | Page::Browser(_) => Vec::new(),
        }
    }

    /// Whether the person has to look at the address before a password goes to
    /// a domain that was probably not meant. Once; then it is the person's word.
    fn doubts_the_address(&mut self) -> bool {
        let finder = &mut self.form.finder;
        finder.meant().is_some() && !std::mem::replace(&mut finder.insists, true)
    }

    fn submit_person(&mut self) -> Vec<Effect> {
        if self.is_shut() {
            return Vec::new();
        }
        if let Err(part) = self.form.judge_first() {
            return vec![Effect::Focus(part.id())];
        }
        if self.doubts_the_address() {
            return vec![Effect::Focus(Part::Email.id())];
        }
        if self.form.is_by_hand() || self.form.finder.best().is_some() {
            return self.prove();
        }
        // The person need not wait for the search, only the next page does.
        let begun = self.search_again();
        if self.form.finder.is_looking() {
            self.goes_on = true;
            return begun;
        }
        self.go_by_hand()
    }

    fn submit_by_hand(&mut self) -> Vec<Effect> {
        if self.doubts_the_address() {
            return vec![Effect::Focus(Part::Email.id())];
        }
        self.prove()
    }

    /// Whether the provider lets no mail program in, as far as is known.
    pub(super) fn is_shut(&self) -> bool {
        let finder = &self.form.finder;
        finder.impossible.is_some() && finder.best().is_none() && !self.form.is_by_hand()
    }

    fn submit_sign_in(&mut self) -> Vec<Effect> {
        let refused = self.refused.as_ref();
        let needs = refused.is_none_or(|error| error.kind() == ErrorKind::Auth);
        let empty = self.form.password.reveal().is_empty();
        if needs && empty && self.form.asks_password(Part::Password) {
            self.form.miss_password();
            return vec![Effect::Focus(Part::Password.id())];
        }
        self.prove()
    }

    fn cancel(&mut self) -> Vec<Effect> {
        if self.goes_on {
            self.goes_on = false;
            return Vec::new();
        }
        match &mut self.page {
            Page::Check(check) if check.phase == super::check::Phase::Running => {
                check.ended(true);
                self.epoch += 1;
                vec![Effect::Stop]
            }
            _ => self.back(),
        }
    }

    pub(super) fn begin_browser(&mut self) -> Vec<Effect> {
        let Some(server) = self.form.browser_server() else {
            return self.go_by_hand();
        };
        self.epoch += 1;
        self.page = Page::Browser(Box::default());
        let email = self.form.address().map(|entry| entry.address);
        let email = email.unwrap_or_else(|_| self.form.email.clone());
        vec![Effect::SignIn(self.epoch, Box::new(server), email)]
    }

    fn browser(&mut self, epoch: u64, seen: BrowserSignIn) -> Vec<Effect> {
        let Page::Browser(browser) = &mut self.page else {
            return Vec::new();
        };
        if epoch != self.epoch {
            return Vec::new();
        }
        match seen {
            BrowserSignIn::Open(page) => {
                browser.page = Some(page.clone());
                vec![Effect::Open(page)]
            }
            BrowserSignIn::Done(token) => {
                self.form.token = Some(token);
                self.prove()
            }
            BrowserSignIn::Failed(error) => {
                **browser = Browser {
                    page: None,
                    failure: Some(error),
                };
                Vec::new()
            }
        }
    }

    /// A button that mends what is wrong.
    fn mend(&mut self, side: Side, remedy: Remedy) -> Vec<Effect> {
        match remedy {
            Remedy::Change { server, .. } => {
                self.form.take(&server);
                self.prove()
            }
            Remedy::OpenPage { url, .. } => vec![Effect::Open(url)],
            Remedy::TrustCertificate(certificate) => {
                self.question = Some(certificate);
                Vec::new()
            }
            Remedy::SignInWithBrowser => {
                self.form.sign_in_by(AuthMethod::OAuth2, side);
                self.form.token = None;
                self.begin_browser()
            }
            Remedy::TypePassword => self.type_password(side),
            Remedy::CleanPassword => {
                self.form.clean_passwords();
                self.prove()
            }
            Remedy::SetUpByHand => self.go_by_hand(),
            // Also what a later version of the engine may think of.
            _ => self.prove(),
        }
    }

    /// To the field with the password of that server.
    fn type_password(&mut self, side: Side) -> Vec<Effect> {
        self.form.sign_in_by_password(side);
        self.show_field(self.form.password_of(side))
    }

    /// To a field, on the page where it is.
    pub(super) fn show_field(&mut self, part: Part) -> Vec<Effect> {
        match &self.page {
            Page::Check(check) if self.form.is_beside_failure(check, part) => {
                return vec![Effect::Focus(part.id())];
            }
            Page::Check(_) | Page::Browser(_) => self.page = self.page_of_start(),
            _ => {}
        }
        let is_here = match self.page {
            Page::ByHand => true,
            Page::SignIn => matches!(part, Part::Password | Part::OutgoingPassword),
            _ => part.is_first(),
        };
        if !is_here {
            self.page = Page::ByHand;
            self.start = Start::ByHand;
        }
        vec![Effect::Focus(part.id())]
    }

    fn judge_certificate(&mut self, trusts: bool) -> Vec<Effect> {
        match self.question.take() {
            Some(certificate) if trusts => vec![Effect::Trust(certificate)],
            _ => Vec::new(),
        }
    }

    fn trusted(&mut self, answer: Result<()>) -> Vec<Effect> {
        match answer {
            Ok(()) => self.prove(),
            Err(error) => vec![Effect::Fail(error.to_string())],
        }
    }
}

impl Form {
    /// Whether the page of the proof has that field, beside a failure.
    fn is_beside_failure(&self, check: &Check, part: Part) -> bool {
        Side::BOTH
            .into_iter()
            .any(|side| self.types_beside(check.lane(side)) && self.password_of(side) == part)
    }

    /// Whether a password can mend what failed there. With a sign-in in the
    /// browser there is no field before it is wanted.
    pub(super) fn types_beside(&self, lane: &Lane) -> bool {
        self.takes_password(lane.side) && lane.remedies().contains(&Remedy::TypePassword)
    }

    /// The server whose provider the person signs in at.
    fn browser_server(&self) -> Option<waxwing::model::ServerSettings> {
        self.server(self.browser_side()?).settings()
    }

    /// Which of both that is.
    pub(super) fn browser_side(&self) -> Option<Side> {
        let by_browser = |side: &Side| self.server(*side).auth == AuthMethod::OAuth2;
        Side::BOTH.into_iter().find(by_browser)
    }
}
