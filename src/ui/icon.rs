//! The icons: outlines of one set, coloured by the theme.

use std::sync::LazyLock;

use iced::widget::svg::Handle;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $file:literal,)*) => {
        /// An icon of the bundled set, named as the set names it.
        #[allow(dead_code, reason = "the whole set is at hand, screens take what they need")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Icon {
            $($(#[$doc])* $name,)*
        }

        impl Icon {
            fn all() -> Vec<Handle> {
                vec![$(Handle::from_memory(
                    include_bytes!(concat!("../../assets/icons/", $file, ".svg")).as_slice(),
                ),)*]
            }
        }
    };
}

icons! {
    Archive = "archive",
    AtSign = "at-sign",
    Bookmark = "bookmark",
    Check = "check",
    ChevronDown = "chevron-down",
    ChevronLeft = "chevron-left",
    ChevronRight = "chevron-right",
    ChevronUp = "chevron-up",
    Circle = "circle",
    CircleAlert = "circle-alert",
    CircleCheck = "circle-check",
    Clock = "clock",
    CloudOff = "cloud-off",
    Command = "command",
    Copy = "copy",
    CornerUpLeft = "corner-up-left",
    CornerUpRight = "corner-up-right",
    Download = "download",
    Ellipsis = "ellipsis",
    Eye = "eye",
    EyeOff = "eye-off",
    File = "file",
    FilePen = "file-pen",
    FileText = "file-text",
    Folder = "folder",
    FolderInput = "folder-input",
    FolderOpen = "folder-open",
    FolderPlus = "folder-plus",
    Forward = "forward",
    HardDrive = "hard-drive",
    Image = "image",
    Inbox = "inbox",
    Info = "info",
    KeyRound = "key-round",
    List = "list",
    ListFilter = "list-filter",
    LoaderCircle = "loader-circle",
    Lock = "lock",
    LockOpen = "lock-open",
    Mail = "mail",
    MailOpen = "mail-open",
    MailPlus = "mail-plus",
    Moon = "moon",
    PanelLeft = "panel-left",
    Paperclip = "paperclip",
    Pencil = "pencil",
    Plus = "plus",
    Printer = "printer",
    RefreshCw = "refresh-cw",
    Reply = "reply",
    ReplyAll = "reply-all",
    Save = "save",
    Search = "search",
    Send = "send",
    Server = "server",
    Settings = "settings",
    ShieldAlert = "shield-alert",
    SquarePen = "square-pen",
    Star = "star",
    StarFilled = "star-filled",
    Sun = "sun",
    Tag = "tag",
    Trash2 = "trash-2",
    TriangleAlert = "triangle-alert",
    Undo2 = "undo-2",
    User = "user",
    Users = "users",
    WifiOff = "wifi-off",
    X = "x",
}

static HANDLES: LazyLock<Vec<Handle>> = LazyLock::new(Icon::all);

impl Icon {
    /// The drawing, shared by all who show it.
    pub(crate) fn handle(self) -> Handle {
        HANDLES
            .get(self as usize)
            .cloned()
            .unwrap_or_else(|| Handle::from_memory([].as_slice()))
    }
}
