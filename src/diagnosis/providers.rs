//! Where large providers let a person mend what stands in the way: pages for
//! single faults. Their servers are in the table of providers.

/// A provider and its pages.
#[derive(Debug)]
pub(super) struct Provider {
    /// Its name.
    pub(super) name: &'static str,
    /// The ends of its servers' names.
    hosts: &'static [&'static str],
    /// The domains of its addresses.
    domains: &'static [&'static str],
    /// Where a password for mail programs is made, where it takes no other.
    pub(super) app_password: Option<&'static str>,
    /// Where IMAP and POP3 are switched on.
    pub(super) access: Option<&'static str>,
    /// Where sending is switched on.
    pub(super) sending: Option<&'static str>,
    /// What a paid plan brings.
    pub(super) plans: Option<&'static str>,
    /// Its mail in the browser.
    pub(super) web: &'static str,
    /// Whether it knows the sign-in in the browser (OAuth2).
    pub(super) oauth: bool,
    /// Whether it knows nothing else.
    pub(super) oauth_only: bool,
}

/// What most have.
const USUAL: Provider = Provider {
    name: "",
    hosts: &[],
    domains: &[],
    app_password: None,
    access: None,
    sending: None,
    plans: None,
    web: "",
    oauth: false,
    oauth_only: false,
};

static PROVIDERS: [Provider; 12] = [
    Provider {
        name: "Gmail",
        hosts: &["gmail.com", "googlemail.com", "google.com"],
        domains: &["gmail.com", "googlemail.com"],
        app_password: Some("https://myaccount.google.com/apppasswords"),
        access: Some("https://mail.google.com/mail/#settings/fwdandpop"),
        web: "https://mail.google.com/",
        oauth: true,
        ..USUAL
    },
    Provider {
        name: "Outlook.com",
        hosts: &["outlook.com", "hotmail.com", "live.com"],
        domains: &["outlook.com", "hotmail.com", "live.com", "msn.com"],
        access: Some("https://support.microsoft.com/office/d088b986-291d-42b8-9564-9c414e2aa040"),
        sending: Some("https://aka.ms/smtp_auth_disabled"),
        web: "https://outlook.live.com/",
        oauth: true,
        oauth_only: true,
        ..USUAL
    },
    Provider {
        name: "Microsoft 365",
        hosts: &["office365.com"],
        domains: &[],
        sending: Some("https://aka.ms/smtp_auth_disabled"),
        web: "https://outlook.office.com/",
        oauth: true,
        oauth_only: true,
        ..USUAL
    },
    Provider {
        name: "Yahoo",
        hosts: &["yahoo.com", "ymail.com"],
        domains: &["yahoo.com", "ymail.com", "rocketmail.com"],
        app_password: Some("https://login.yahoo.com/account/security"),
        web: "https://mail.yahoo.com/",
        oauth: true,
        ..USUAL
    },
    Provider {
        name: "AOL",
        hosts: &["aol.com"],
        domains: &["aol.com", "aim.com"],
        app_password: Some("https://login.aol.com/account/security"),
        web: "https://mail.aol.com/",
        oauth: true,
        ..USUAL
    },
    Provider {
        name: "iCloud",
        hosts: &["mail.me.com", "icloud.com"],
        domains: &["icloud.com", "me.com", "mac.com"],
        app_password: Some("https://account.apple.com/account/manage"),
        web: "https://www.icloud.com/mail",
        ..USUAL
    },
    Provider {
        name: "Fastmail",
        hosts: &["fastmail.com", "messagingengine.com"],
        domains: &["fastmail.com", "fastmail.fm"],
        app_password: Some("https://app.fastmail.com/settings/security"),
        web: "https://app.fastmail.com/",
        oauth: true,
        ..USUAL
    },
    Provider {
        name: "GMX",
        hosts: &["gmx.net", "gmx.com"],
        domains: &["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com"],
        access: Some("https://hilfe.gmx.net/pop-imap/einschalten.html"),
        web: "https://www.gmx.net/",
        ..USUAL
    },
    Provider {
        name: "WEB.DE",
        hosts: &["web.de"],
        domains: &["web.de"],
        access: Some("https://hilfe.web.de/pop-imap/einschalten.html"),
        web: "https://web.de/",
        ..USUAL
    },
    Provider {
        name: "mail.com",
        hosts: &["mail.com"],
        domains: &["mail.com", "email.com"],
        plans: Some("https://www.mail.com/mail/premium/"),
        web: "https://www.mail.com/",
        ..USUAL
    },
    Provider {
        name: "Yandex",
        hosts: &["yandex.com", "yandex.ru"],
        domains: &["yandex.com", "yandex.ru", "ya.ru"],
        app_password: Some("https://id.yandex.com/security/app-passwords"),
        access: Some("https://mail.yandex.com/#setup/client"),
        web: "https://mail.yandex.com/",
        oauth: true,
        ..USUAL
    },
    Provider {
        name: "Mail.ru",
        hosts: &["mail.ru"],
        domains: &["mail.ru", "inbox.ru", "list.ru", "bk.ru"],
        app_password: Some("https://account.mail.ru/user/2-step-auth/passwords/"),
        web: "https://e.mail.ru/",
        oauth: true,
        ..USUAL
    },
];

/// The provider whose server that is.
pub(super) fn of_host(host: &str) -> Option<&'static Provider> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |end: &&str| {
        let before = host.strip_suffix(*end);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let by_host = |provider: &&Provider| provider.hosts.iter().any(|end| is_below(&end));
    PROVIDERS.iter().find(by_host)
}

/// The provider whose address that is.
pub(super) fn of_address(email: &str) -> Option<&'static Provider> {
    let (_, domain) = email.rsplit_once('@')?;
    let is_its = |known: &&str| known.eq_ignore_ascii_case(domain);
    PROVIDERS
        .iter()
        .find(|provider| provider.domains.iter().any(|known| is_its(&known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_servers_and_addresses() {
        let name = |provider: Option<&'static Provider>| provider.map(|provider| provider.name);
        assert_eq!(name(of_host("imap.gmail.com")), Some("Gmail"));
        assert_eq!(name(of_host("IMAP.Gmail.com.")), Some("Gmail"));
        assert_eq!(name(of_host("gmail.com.example.org")), None);
        assert_eq!(name(of_host("notgmail.com")), None);
        assert_eq!(name(of_address("jane@GMX.de")), Some("GMX"));
        assert_eq!(name(of_address("jane")), None);
    }

    #[test]
    fn every_page_is_protected() {
        for provider in &PROVIDERS {
            let pages = [
                provider.app_password,
                provider.access,
                provider.sending,
                provider.plans,
                Some(provider.web),
            ];
            for page in pages.into_iter().flatten() {
                assert!(page.starts_with("https://"), "{page}");
            }
        }
    }
}
