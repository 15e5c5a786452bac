//! A mail as a page: laid out, painted, searched, selected.
//!
//! [`Page`] is what Waxwing needs of a layout engine; `blitz` is the one there
//! is. Layout of strangers' HTML may fail in any way, so pages live in a child
//! process (`worker`), and whoever shows them asks it.

mod blitz;
mod columns;
mod dark;
mod fonts;
mod parts;
mod print;
mod text;
mod thumbnail;
mod worker;

use serde::{Deserialize, Serialize};

pub use fonts::MONO;
pub use print::{Job, Made, PAGES_MAX, PRINTER, Paper, Sheet, printer};
pub use thumbnail::{THUMBNAIL, thumbnail_worker};
pub use worker::{Answer, KIND, Packed, Question, worker};

/// Where and how a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Its width in pixels of CSS.
    pub width: f32,
    /// Its height in pixels of CSS.
    pub height: f32,
    /// Pixels of the screen for each of CSS.
    pub scale: f32,
    /// The ground of a dark window, red, green and blue: light pages become dark
    /// ones on it.
    pub dark: Option<[u8; 3]>,
    /// Whether a page that is wider than the frame is made smaller; else all of
    /// its width is painted.
    pub fit: bool,
}

/// How large a page is, in pixels of CSS.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Extent {
    /// Its width, at least the frame's.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// A place on a page, in pixels of CSS from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Spot {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

/// What is at a place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hit {
    /// The link there.
    pub link: Option<Link>,
    /// Whether there is text.
    pub text: bool,
}

/// A link on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says, on one line; the beginning of it where it says much.
    pub shown: String,
    /// Where it leads.
    pub target: String,
}

/// How much is selected at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// From letter to letter.
    Letters,
    /// Whole words.
    Words,
    /// Whole paragraphs.
    Paragraphs,
}

/// What a search on a page found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Found {
    /// How often.
    pub count: usize,
    /// Which one is selected now, counted from nothing.
    pub number: usize,
    /// Where they stand, each with its number: a place for each line. Of very
    /// many only those around the one that is selected.
    pub areas: Vec<(usize, Area)>,
}

/// A part of a page, in pixels of CSS.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Area {
    /// From the left of the page.
    pub x: f32,
    /// From its top.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

impl Area {
    /// Where it is on a page that is larger by that factor.
    #[must_use]
    pub fn times(self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
            width: self.width * factor,
            height: self.height * factor,
        }
    }
}

/// A painted part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels of the screen.
    pub width: u32,
    /// In pixels of the screen.
    pub height: u32,
    /// Four bytes a pixel, row by row: red, green, blue, alpha.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// A picture of that size; nothing where the bytes do not fit it.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        let bytes = u64::from(width) * u64::from(height) * 4;
        let fits = u64::try_from(rgba.len()).is_ok_and(|length| length == bytes);
        fits.then_some(Self {
            width,
            height,
            rgba,
        })
    }

    /// This picture and below it another of the same width.
    #[must_use]
    pub fn with_below(mut self, below: Self) -> Self {
        if below.width == self.width {
            self.rgba.extend_from_slice(&below.rgba);
            self.height += below.height;
        }
        self
    }

    /// Its upper part, of that many rows at most.
    #[must_use]
    pub fn cut_at(mut self, rows: u32) -> Self {
        self.height = self.height.min(rows);
        let bytes = u64::from(self.width) * u64::from(self.height) * 4;
        self.rgba
            .truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        self
    }

    /// It, as a PNG file; nothing where it has no pixels.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        use image::ImageEncoder as _;
        let mut out = Vec::new();
        image::codecs::png::PngEncoder::new(&mut out)
            .write_image(
                &self.rgba,
                self.width,
                self.height,
                image::ExtendedColorType::Rgba8,
            )
            .ok()?;
        Some(out)
    }
}

/// A mail that is laid out.
pub trait Page {
    /// Lays it out for another frame.
    fn resize(&mut self, frame: Frame);

    /// How large it is.
    fn extent(&self) -> Extent;

    /// What is at a place.
    fn hit(&self, spot: Spot) -> Hit;

    /// Selects from one place to another.
    fn select(&mut self, from: Spot, to: Spot, reach: Reach);

    /// Selects all of it.
    fn select_all(&mut self);

    /// Selects nothing.
    fn select_none(&mut self);

    /// What is selected, as text.
    fn selected(&self) -> String;

    /// Looks for words, whatever their case, and selects the one with this
    /// number, counting on from the first again after the last.
    fn find(&mut self, words: &str, number: usize) -> Found;

    /// Paints what the frame shows when its upper left corner is at a place.
    fn paint(&mut self, corner: Spot) -> Picture;
}
