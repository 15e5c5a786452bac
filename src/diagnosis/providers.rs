//! The provider behind a server, and its pages for single faults. What it wants
//! before is in the table of providers; here is only what is not.

use super::Case;
use crate::model::{AuthMethod, Preparation};
use crate::providers::{self, Provider, StepKind};

/// Further pages of a provider.
struct Pages {
    /// One of its mail domains, or of its servers.
    of: &'static str,
    /// Its mail in the browser.
    web: &'static str,
    /// Where IMAP and POP3 are switched on, where they are on at first.
    access: Option<&'static str>,
    /// Where sending is switched on.
    sending: Option<&'static str>,
}

/// A provider of which only the mail in the browser is to be known.
const fn web(of: &'static str, web: &'static str) -> Pages {
    Pages {
        of,
        web,
        access: None,
        sending: None,
    }
}

/// How sending is switched on at Microsoft.
const MICROSOFT_SENDING: Option<&str> = Some("https://aka.ms/smtp_auth_disabled");

const PAGES: [Pages; 12] = [
    Pages {
        access: Some("https://mail.google.com/mail/#settings/fwdandpop"),
        ..web("gmail.com", "https://mail.google.com/")
    },
    Pages {
        sending: MICROSOFT_SENDING,
        ..web("outlook.com", "https://outlook.live.com/")
    },
    Pages {
        sending: MICROSOFT_SENDING,
        ..web("smtp.office365.com", "https://outlook.office.com/")
    },
    web("yahoo.com", "https://mail.yahoo.com/"),
    web("aol.com", "https://mail.aol.com/"),
    web("icloud.com", "https://www.icloud.com/mail"),
    web("fastmail.com", "https://app.fastmail.com/"),
    web("gmx.net", "https://www.gmx.net/"),
    web("web.de", "https://web.de/"),
    web("mail.com", "https://www.mail.com/"),
    web("yandex.com", "https://mail.yandex.com/"),
    web("mail.ru", "https://e.mail.ru/"),
];

/// What is known of a provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known(Provider);

/// The provider whose server that is, else the one whose address it is.
pub(super) fn of(case: &Case<'_>) -> Option<Known> {
    let own = || {
        let (_, domain) = case.email.rsplit_once('@')?;
        providers::of_domain(&providers::ascii_domain(domain)?).map(Known)
    };
    of_host(&case.server.host).or_else(own)
}

/// The provider whose server that is.
pub(super) fn of_host(host: &str) -> Option<Known> {
    let host = host.trim_end_matches('.');
    providers::of_server(host).map(Known)
}

fn named(of: &str) -> Option<Provider> {
    providers::of_domain(of).or_else(|| providers::of_server(of))
}

impl Known {
    pub(super) fn name(self) -> &'static str {
        self.0.name()
    }

    /// Whether it takes a password made for mail programs and no other.
    pub(super) fn wants_app_password(self) -> bool {
        self.0.step(StepKind::AppPassword).is_some()
    }

    /// Whether it knows the sign-in in the browser.
    pub(super) fn has_browser(self) -> bool {
        self.0.signs_in_with(AuthMethod::OAuth2)
    }

    /// Whether it knows nothing else.
    pub(super) fn has_only_browser(self) -> bool {
        self.has_browser() && !self.0.signs_in_with(AuthMethod::Password)
    }

    /// What has to be done there before a password is taken.
    pub(super) fn preparation(self) -> Option<Preparation> {
        self.0.preparations().into_iter().next()
    }

    /// Where a password for mail programs is made.
    pub(super) fn password_page(self) -> Option<String> {
        self.page_of(&[StepKind::AppPassword, StepKind::MailPassword])
    }

    /// Where IMAP and POP3 are switched on.
    pub(super) fn access_page(self) -> Option<String> {
        let step = self.page_of(&[StepKind::SwitchOn]);
        step.or_else(|| Some(self.pages()?.access?.to_owned()))
    }

    /// Where sending is switched on.
    pub(super) fn sending_page(self) -> Option<String> {
        Some(self.pages()?.sending?.to_owned())
    }

    /// What a plan costs.
    pub(super) fn plans_page(self) -> Option<String> {
        self.page_of(&[StepKind::Plan])
    }

    /// Its mail in the browser.
    pub(super) fn web_page(self) -> Option<String> {
        Some(self.pages()?.web.to_owned())
    }

    fn page_of(self, kinds: &[StepKind]) -> Option<String> {
        let mut steps = kinds.iter().filter_map(|kind| self.0.step(*kind));
        steps.find_map(|step| step.url)
    }

    fn pages(self) -> Option<&'static Pages> {
        let mine = |pages: &&Pages| named(pages.of).is_some_and(|p| p.name() == self.name());
        PAGES.iter().find(mine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_of_a_provider_of_the_table() {
        for pages in &PAGES {
            let provider = named(pages.of).unwrap_or_else(|| panic!("{}", pages.of));
            let known = Known(provider);
            assert_eq!(known.web_page().as_deref(), Some(pages.web));
            for page in [Some(pages.web), pages.access, pages.sending] {
                assert!(page.is_none_or(|page| page.starts_with("https://")));
            }
        }
    }

    #[test]
    fn what_a_provider_wants_is_known() {
        let gmail = of_host("imap.gmail.com.").unwrap();
        assert_eq!(gmail.name(), "Gmail");
        assert!(gmail.wants_app_password() && gmail.has_browser());
        assert!(!gmail.has_only_browser());
        assert!(of_host("outlook.office365.com").unwrap().has_only_browser());
        assert!(of_host("imap.gmail.com.example.org").is_none());
    }
}
