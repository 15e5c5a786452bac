//! The data files, built into the program.

/// Short names for people.
pub(super) const PEOPLE: &str = include_str!("../../../assets/demo/people.txt");

/// The hand-written mail. A message stands after the one it answers.
pub(super) const MAIL: [&str; 11] = [
    include_str!("../../../assets/demo/archive.txt"),
    include_str!("../../../assets/demo/family.txt"),
    include_str!("../../../assets/demo/garden.txt"),
    include_str!("../../../assets/demo/choir.txt"),
    include_str!("../../../assets/demo/home.txt"),
    include_str!("../../../assets/demo/ringing.txt"),
    include_str!("../../../assets/demo/travel.txt"),
    include_str!("../../../assets/demo/world.txt"),
    include_str!("../../../assets/demo/lists.txt"),
    include_str!("../../../assets/demo/shops.txt"),
    include_str!("../../../assets/demo/junk.txt"),
];

/// Mail that comes again and again.
pub(super) const SERIES: [&str; 5] = [
    include_str!("../../../assets/demo/series/station.txt"),
    include_str!("../../../assets/demo/series/gartenpost.txt"),
    include_str!("../../../assets/demo/series/stadtwerke.txt"),
    include_str!("../../../assets/demo/series/digest.txt"),
    include_str!("../../../assets/demo/series/rehearsals.txt"),
];

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../../assets/demo/files/", $name)).as_slice())),+]
    };
}

/// What the messages carry.
const FILES: [(&str, &[u8]); 19] = files![
    "autumn-walk.jpg",
    "bed-plan.png",
    "boat.jpg",
    "catches.csv",
    "catches.png",
    "choir-logo.png",
    "invoice.pdf",
    "lighthouse.jpg",
    "logo.png",
    "members.csv",
    "minutes.pdf",
    "photos.zip",
    "poster.png",
    "rehearsals.ics",
    "score.pdf",
    "signature.asc",
    "ticket.pdf",
    "waxwing.jpg",
    "wren.vcf",
];

/// The file of this name.
pub(super) fn find(name: &str) -> Option<&'static [u8]> {
    FILES
        .iter()
        .find(|(found, _)| *found == name)
        .map(|(_, bytes)| *bytes)
}

/// The media type by the name's ending.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
