//! Letters on paper: laid out as any page, broken into sheets, written as a PDF
//! whose text can be selected and searched.

mod breaks;
mod brush;
mod ink;
mod look;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use blitz_dom::FontContext;
use krilla::action::LinkAction;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::geom::{Rect, Transform};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use serde::{Deserialize, Serialize};

use super::blitz::BlitzPage;
use super::parts::Parts;
use super::worker::{Packed, STACK};
use super::{Area, Frame, Page as _, fonts};
use crate::html::sanitize::escape;
use crate::sandbox::Kind;
use breaks::Whole;
use ink::{Ink, Inks};

/// The child that writes PDFs.
pub const PRINTER: Kind = Kind {
    name: "printer",
    // Without optimisation the engine takes many times as long.
    time: Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 20 }),
    memory: 2 << 30,
    ..super::KIND
};

/// The most pages of a document.
pub const PAGES_MAX: usize = 1_000;

/// Pixels of CSS in a point of the PDF, as CSS has it.
const POINT: f32 = 0.75;

/// Letters are placed as exactly as on a screen with so many pixels for each of
/// CSS.
const SHARP: f32 = 4.0;

/// The least room beside the text, above and below it, in pixels of CSS.
const SIDE: f32 = 56.0;
const ABOVE: f32 = 53.0;
const BELOW: f32 = 68.0;

/// How high the line at the foot is, and how far from the end of the paper.
const FOOT: f32 = 24.0;
const FOOT_UP: f32 = 52.0;

/// So much of what it says stays with the head of a letter.
const WITH_HEAD: f32 = 60.0;

/// What parts letters that follow each other.
const BETWEEN: f32 = 36.0;

/// So many letters of a title are at the foot.
const TITLE: usize = 90;

/// What is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 210 by 297 millimetres.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// What is usual where the person lives, by the locale of the desktop.
    #[must_use]
    pub fn usual() -> Self {
        let named = ["LC_ALL", "LC_PAPER", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok());
        Self::of_locale(
            &named
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default(),
        )
    }

    fn of_locale(locale: &str) -> Self {
        const LETTER: &[&str] = &[
            "US", "CA", "MX", "PR", "PH", "CL", "CO", "VE", "CR", "GT", "NI", "PA", "SV", "DO",
        ];
        let country = locale.split(['_', '.', '@']).nth(1).unwrap_or_default();
        if LETTER.contains(&country) {
            Self::Letter
        } else {
            Self::A4
        }
    }

    /// Width and height in pixels of CSS.
    fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0 / 25.4 * 96.0, 297.0 / 25.4 * 96.0),
            Self::Letter => (8.5 * 96.0, 11.0 * 96.0),
        }
    }

    /// How wide the text is.
    fn width(self) -> f32 {
        (self.size().0 - 2.0 * SIDE).floor()
    }

    /// How much of the text is on a page.
    fn room(self) -> f32 {
        (self.size().1 - ABOVE - BELOW).floor()
    }

    /// How far the text is from the side.
    fn side(self) -> f32 {
        (self.size().0 - self.width()) / 2.0
    }
}

/// Something to print.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// HTML that may be laid out.
    pub html: String,
    /// Its pictures, by address.
    pub parts: Vec<(String, Vec<u8>)>,
    /// Whether it is the head of what follows.
    pub is_head: bool,
}

/// What the child is asked for; its bytes are those of the sheets in turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    paper: Paper,
    title: String,
    sheets: Vec<(Packed, bool)>,
}

impl Job {
    /// A job as a question, with its bytes.
    #[must_use]
    pub fn packed(paper: Paper, title: &str, sheets: Vec<Sheet>) -> (Self, Vec<u8>) {
        let mut bytes = Vec::new();
        let sheets = sheets.into_iter();
        let sheets = sheets.map(|sheet| {
            let packed = Packed::add(&sheet.html, sheet.parts, &mut bytes);
            (packed, sheet.is_head)
        });
        let job = Self {
            paper,
            title: title.to_owned(),
            sheets: sheets.collect(),
        };
        (job, bytes)
    }
}

/// What became of it. The PDF comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// How many pages it has.
    pub pages: usize,
    /// Whether there were more than may be.
    pub cut: bool,
}

/// Prints: answers each job by what became of it; by nothing where the engine
/// fails. Looks for the fonts first.
pub fn printer() -> impl FnMut(Job, Vec<u8>) -> (Option<Made>, Vec<u8>) {
    let fonts = fonts::all();
    move |job, bytes| {
        let fonts = fonts.clone();
        let work = move || print(job, &bytes, &fonts);
        let work = thread::Builder::new().stack_size(STACK).spawn(work).ok();
        match work.and_then(|work| work.join().ok()).flatten() {
            Some((made, pdf)) => (Some(made), pdf),
            None => (None, Vec::new()),
        }
    }
}

fn print(job: Job, bytes: &[u8], fonts: &FontContext) -> Option<(Made, Vec<u8>)> {
    let paper = job.paper;
    let mut flow = Flow::default();
    let mut rest = bytes;
    let letters = job.sheets.len().div_ceil(2);
    for (sheet, is_head) in job.sheets {
        let (html, parts, after) = sheet.take(rest)?;
        rest = after;
        let parts = Parts::of_one_among(letters, parts);
        let page = BlitzPage::load(&html, parts, frame(paper), fonts.clone());
        flow.add(page, is_head);
    }
    let wholes = std::mem::take(&mut flow.wholes);
    let ends = breaks::ends(wholes, paper.room(), flow.end, PAGES_MAX);
    let feet = feet(&job.title, ends.len());
    let feet = BlitzPage::load(&feet, Parts::new([]), frame(paper), fonts.clone());
    let feet = flow.section(feet, 0.0);
    let made = Made {
        pages: ends.len(),
        cut: ends.last().is_some_and(|end| *end < flow.end),
    };
    let pdf = flow.write(paper, &job.title, &ends, feet)?;
    Some((made, pdf))
}

/// How letters are laid out for a paper: in light colours.
fn frame(paper: Paper) -> Frame {
    Frame {
        width: paper.width(),
        height: paper.room(),
        scale: SHARP,
        dark: None,
        fit: true,
    }
}

/// The feet of all pages, one below the other.
fn feet(title: &str, pages: usize) -> String {
    let mut out = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>\
         body{{margin:0 8px;font:11px sans-serif;color:#6b645c}}\
         div{{display:flex;justify-content:space-between;height:{FOOT}px;line-height:{FOOT}px;\
         white-space:nowrap;overflow:hidden}}</style></head><body>"
    );
    let mut words = String::new();
    let is_long = title.chars().count() > TITLE;
    let title: String = if is_long {
        title.chars().take(TITLE - 1).chain(['…']).collect()
    } else {
        title.to_owned()
    };
    escape(&title, &mut words);
    for page in 1..=pages {
        // Writing to a string cannot fail.
        let _written = write!(
            out,
            "<div><span>{words}</span><span>{page} of {pages}</span></div>"
        );
    }
    out
}

/// All that is printed, one below the other.
#[derive(Default)]
struct Flow {
    sections: Vec<Section>,
    inks: Inks,
    wholes: Vec<Whole>,
    links: Vec<(Area, String)>,
    end: f32,
}

/// A part of it, and where it begins.
struct Section {
    page: BlitzPage,
    top: f32,
    height: f32,
}

impl Flow {
    /// A page as a part, whose letters are known from now on.
    fn section(&mut self, page: BlitzPage, top: f32) -> Section {
        let seen = look::look(page.document(), &mut self.inks.letters);
        let zoom = page.zoom();
        let height = page.extent().height;
        self.wholes.extend(seen.wholes.iter().map(|whole| Whole {
            top: top + whole.top * zoom,
            bottom: top + whole.bottom * zoom,
        }));
        self.links
            .extend(seen.links.into_iter().map(|(area, target)| {
                let area = area.times(zoom);
                let y = area.y + top;
                (Area { y, ..area }, target)
            }));
        Section { page, top, height }
    }

    fn add(&mut self, page: BlitzPage, is_head: bool) {
        if is_head && self.end > 0.0 {
            self.end += BETWEEN;
        }
        let section = self.section(page, self.end);
        let (top, bottom) = (section.top, section.top + section.height);
        if is_head {
            self.wholes.push(Whole {
                top,
                bottom: bottom + WITH_HEAD,
            });
        }
        self.end = bottom;
        self.sections.push(section);
    }

    fn write(
        mut self,
        paper: Paper,
        title: &str,
        ends: &[f32],
        mut feet: Section,
    ) -> Option<Vec<u8>> {
        let settings = SerializeSettings {
            enable_tagging: false,
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        let about = Metadata::new().title(title.to_owned());
        document.set_metadata(about.creator("Waxwing".to_owned()));
        let (width, height) = paper.size();
        let side = paper.side();
        let mut top = 0.0;
        for (number, &end) in ends.iter().enumerate() {
            let settings = PageSettings::from_wh(width * POINT, height * POINT)?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for section in &mut self.sections {
                section.paint(&mut surface, &mut self.inks, top..end, (side, ABOVE));
            }
            let foot = number as f32 * FOOT;
            let foot = foot..foot + FOOT;
            feet.paint(&mut surface, &mut self.inks, foot, (side, height - FOOT_UP));
            surface.finish();
            for (area, target) in &self.links {
                let middle = area.y + area.height / 2.0;
                if (top..end).contains(&middle) {
                    let area = Area {
                        x: area.x + side,
                        y: area.y - top + ABOVE,
                        ..*area
                    };
                    if let Some(link) = link(area.times(POINT), target) {
                        page.add_annotation(link);
                    }
                }
            }
            page.finish();
            top = end;
        }
        document.finish().ok()
    }
}

impl Section {
    /// Paints what is in a stretch of the flow to a place on the paper.
    fn paint(
        &mut self,
        surface: &mut Surface<'_>,
        inks: &mut Inks,
        stretch: std::ops::Range<f32>,
        (left, top): (f32, f32),
    ) {
        let from = (stretch.start - self.top).max(0.0);
        let to = (stretch.end - self.top).min(self.height);
        if to <= from {
            return;
        }
        let down = top + self.top + from - stretch.start;
        let scale = POINT / SHARP;
        let place = Transform::from_row(scale, 0.0, 0.0, scale, left * POINT, down * POINT);
        surface.push_transform(&place);
        let mut ink = Ink::new(surface, inks, f64::from((to - from) * SHARP));
        self.page.paint_strip(&mut ink, from, to - from);
        ink.finish();
        surface.pop();
    }
}

fn link(area: Area, target: &str) -> Option<Annotation> {
    let rect = Rect::from_xywh(area.x, area.y, area.width, area.height)?;
    let leads = Target::Action(LinkAction::new(target.to_owned()).into());
    Some(Annotation::new_link(LinkAnnotation::new(rect, leads), None))
}
