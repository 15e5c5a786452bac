//! What a folder is for: by its attributes (RFC 6154), else by its name.

use crate::model::FolderRole::{self, Archive, Drafts, Junk, Sent, Trash};

/// The role an attribute tells.
pub(super) fn by_attribute(attribute: &str) -> Option<FolderRole> {
    let name = attribute.strip_prefix('\\')?;
    FolderRole::ALL
        .into_iter()
        .find(|role| role.name().eq_ignore_ascii_case(name))
        .filter(|role| *role != FolderRole::Inbox)
}

/// Names of folders as mail programs and providers give them, in lower case.
const NAMES: &[(FolderRole, &[&str])] = &[
    (
        Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sentmail",
            "sent-mail",
            "outgoing",
            // German
            "gesendet",
            "gesendete objekte",
            "gesendete elemente",
            "gesendete nachrichten",
            // French
            "envoyés",
            "messages envoyés",
            "éléments envoyés",
            "objets envoyés",
            "envoyes",
            // Spanish, Portuguese, Italian
            "enviados",
            "elementos enviados",
            "mensajes enviados",
            "itens enviados",
            "mensagens enviadas",
            "inviati",
            "posta inviata",
            "inviata",
            "elementi inviati",
            // Dutch, Polish, Czech
            "verzonden",
            "verzonden items",
            "verzonden berichten",
            "wysłane",
            "elementy wysłane",
            "odeslané",
            "odeslaná pošta",
            // Swedish, Danish, Norwegian, Finnish
            "skickat",
            "skickade",
            "skickade objekt",
            "sendt",
            "sendte",
            "sendt post",
            "sendte elementer",
            "lähetetyt",
            // Russian, Ukrainian, Turkish, Japanese, Chinese
            "отправленные",
            "надіслані",
            "gönderilmiş öğeler",
            "送信済み",
            "已发送",
            "已傳送",
            // Hungarian, Greek, Korean; further Turkish, Japanese, Chinese
            "elküldött",
            "elküldött elemek",
            "elküldött üzenetek",
            "απεσταλμένα",
            "보낸편지함",
            "보낸 편지함",
            "보낸메일함",
            "gönderilenler",
            "gönderilmiş postalar",
            "送信済みメール",
            "送信済みアイテム",
            "已发送邮件",
            "已发邮件",
            "寄件備份",
            "lähetetyt viestit",
            "відправлені",
        ],
    ),
    (
        Drafts,
        &[
            "drafts",
            "draft",
            "entwürfe",
            "entwurf",
            "brouillons",
            "brouillon",
            "borradores",
            "borrador",
            "rascunhos",
            "bozze",
            "concepten",
            "kopie robocze",
            "szkice",
            "robocze",
            "koncepty",
            "rozepsané",
            "utkast",
            "kladder",
            "udkast",
            "luonnokset",
            "черновики",
            "чернетки",
            "taslaklar",
            "下書き",
            "草稿",
            "草稿箱",
            "piszkozatok",
            "vázlatok",
            "πρόχειρα",
            "임시보관함",
            "임시 보관함",
            "草稿夹",
            "草稿匣",
        ],
    ),
    (
        Trash,
        &[
            "trash",
            "bin",
            "deleted",
            "deleted items",
            "deleted messages",
            "wastebasket",
            "papierkorb",
            "gelöscht",
            "gelöschte objekte",
            "gelöschte elemente",
            "corbeille",
            "éléments supprimés",
            "messages supprimés",
            "poubelle",
            "papelera",
            "elementos eliminados",
            "eliminados",
            "lixo",
            "lixeira",
            "itens excluídos",
            "cestino",
            "posta eliminata",
            "prullenbak",
            "verwijderd",
            "verwijderde items",
            "kosz",
            "elementy usunięte",
            "koš",
            "odstraněná pošta",
            "papperskorgen",
            "papperskorg",
            "borttaget",
            "papirkurv",
            "slettet post",
            "slettede elementer",
            "roskakori",
            "корзина",
            "удаленные",
            "удалённые",
            "кошик",
            "çöp kutusu",
            "ゴミ箱",
            "已删除",
            "垃圾桶",
            "kuka",
            "lomtár",
            "törölt elemek",
            "κάδος απορριμμάτων",
            "απορρίμματα",
            "διαγραμμένα",
            "휴지통",
            "지운편지함",
            "silinmiş öğeler",
            "çöp",
            "ごみ箱",
            "削除済みアイテム",
            "已删除邮件",
            "已刪除的郵件",
            "borttagna objekt",
            "poistetut",
            "poistetut kohteet",
            "видалені",
            "søppel",
        ],
    ),
    (
        Junk,
        &[
            "junk",
            "spam",
            "bulk mail",
            "bulk",
            "junk mail",
            "junk e-mail",
            "junk email",
            "unwanted",
            "junk-e-mail",
            "spamverdacht",
            "spamordner",
            "unerwünscht",
            "courrier indésirable",
            "indésirables",
            "pourriel",
            "correo no deseado",
            "no deseado",
            "lixo eletrônico",
            "lixo electrónico",
            "posta indesiderata",
            "indesiderata",
            "ongewenste e-mail",
            "ongewenst",
            "wiadomości-śmieci",
            "niechciane",
            "nevyžádaná pošta",
            "skräppost",
            "uønsket post",
            "uønsket mail",
            "søppelpost",
            "roskaposti",
            "спам",
            "нежелательная почта",
            "gereksiz",
            "迷惑メール",
            "垃圾邮件",
            "levélszemét",
            "ανεπιθύμητα",
            "ανεπιθύμητη αλληλογραφία",
            "스팸메일함",
            "스팸함",
            "정크 메일",
            "istenmeyen",
            "istenmeyen e-posta",
            "gereksiz e-posta",
            "垃圾郵件",
            "небажана пошта",
            "skräp",
        ],
    ),
    (
        Archive,
        &[
            "archive",
            "archives",
            "archiv",
            "archivo",
            "archivos",
            "archivio",
            "arquivo",
            "arquivados",
            "archief",
            "archiwum",
            "arkiv",
            "arkisto",
            "архив",
            "архів",
            "arşiv",
            "アーカイブ",
            "归档",
            "archívum",
            "αρχείο",
            "αρχειοθήκη",
            "보관함",
            "存档",
            "封存",
        ],
    ),
];

/// The role a name tells. Only a folder at the top, or right under the inbox
/// or a provider's `[Gmail]`, is meant: a `Sent` deep inside a project is not.
pub(super) fn by_name(path: &str) -> Option<FolderRole> {
    if path.eq_ignore_ascii_case("INBOX") {
        return Some(FolderRole::Inbox);
    }
    let name = match path.split_once('/') {
        None => path,
        Some((top, name)) if is_root(top) && !name.contains('/') => name,
        Some(_) => return None,
    };
    let name = name.trim().to_lowercase();
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(role, _)| *role)
}

fn is_root(top: &str) -> bool {
    ["INBOX", "[Gmail]", "[Google Mail]", "Mail"]
        .iter()
        .any(|root| root.eq_ignore_ascii_case(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_tell_roles() {
        assert_eq!(by_attribute("\\Sent"), Some(Sent));
        assert_eq!(by_attribute("\\junk"), Some(Junk));
        assert_eq!(by_attribute("\\All"), Some(FolderRole::All));
        assert_eq!(by_attribute("\\HasNoChildren"), None);
        assert_eq!(by_attribute("\\Inbox"), None);
    }

    #[test]
    fn names_tell_roles_at_the_top_only() {
        for (path, role) in [
            ("Inbox", Some(FolderRole::Inbox)),
            ("Gesendete Objekte", Some(Sent)),
            ("INBOX/Entwürfe", Some(Drafts)),
            ("[Gmail]/Spam", Some(Junk)),
            ("Корзина", Some(Trash)),
            ("ARCHIVES", Some(Archive)),
            ("Projects/Sent", None),
            ("INBOX/Projects/Sent", None),
            ("Holidays", None),
        ] {
            assert_eq!(by_name(path), role, "{path}");
        }
    }

    #[test]
    fn no_name_tells_two_roles_and_all_are_lower_case() {
        let all: Vec<&str> = NAMES
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        for (at, name) in all.iter().enumerate() {
            assert_eq!(*name, name.to_lowercase());
            assert!(!all[..at].contains(name), "{name} twice");
        }
    }
}
