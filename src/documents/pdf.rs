//! PDF: the letters in the order they are painted. Which of them make words is
//! told by where they stand.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};

use super::{Text, Unreadable};

/// So far into the file its first line may stand.
const HEADER_REACH: usize = 1024;

/// Letters further apart than this are two words; in heights of a letter.
const WORD_GAP: f64 = 0.15;

/// Letters that stand further above each other are on two lines.
const LINE_GAP: f64 = 0.3;

/// Letters are drawn on squares of this size.
const LETTER: f64 = 1000.0;

pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    let start = bytes.get(..HEADER_REACH).unwrap_or(bytes);
    memchr::memmem::find(start, b"%PDF-").is_some()
}

pub(super) fn read(bytes: Vec<u8>, text: &mut Text) -> Result<(), Unreadable> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Unreadable::Locked,
        LoadPdfError::Invalid => Unreadable::Damaged,
    })?;
    let cache = InterpreterCache::new();
    for page in pdf.pages().iter() {
        if text.is_enough() {
            break;
        }
        // How large the page is does not matter: nothing is painted.
        let mut context = Context::new(
            Affine::IDENTITY,
            Rect::new(0.0, 0.0, 1.0, 1.0),
            &cache,
            pdf.xref(),
            InterpreterSettings::default(),
        );
        text.part('\n');
        interpret_page(page, &mut context, &mut Reader { text, end: None });
    }
    Ok(())
}

/// Hears what is painted, and keeps the letters.
struct Reader<'t> {
    text: &'t mut Text,
    /// Where the letter before ended.
    end: Option<Point>,
}

impl Reader<'_> {
    fn letter(&mut self, glyph: &Glyph<'_>, place: Affine) {
        let start = place * Point::ZERO;
        let wide = match glyph {
            Glyph::Outline(glyph) => glyph.advance_width(),
            Glyph::Type3(glyph) => glyph.advance_width(),
        };
        let along = place * Point::new(LETTER, 0.0) - start;
        let height = along.hypot();
        if let Some(gap) = self.end.map(|end| start - end)
            && height > 0.0
        {
            self.space(gap, along / height, height);
        }
        match glyph.as_unicode() {
            // The font lacks the letter, and the file says so.
            Some(BfString::Char('\0')) => {}
            Some(BfString::Char(letter)) => self.text.add(letter.encode_utf8(&mut [0; 4])),
            Some(BfString::String(letters)) => self.text.add(&letters),
            None => {}
        }
        let wide = wide.map_or(LETTER / 2.0, f64::from);
        self.end = Some(place * Point::new(wide, 0.0));
    }

    /// Tells words and lines apart by what lies between two letters.
    fn space(&mut self, gap: Vec2, along: Vec2, height: f64) {
        let (ahead, aside) = (gap.dot(along), gap.cross(along).abs());
        // Back by more than a letter: a new line or column, at whatever height.
        if aside > LINE_GAP * height || ahead < -height {
            self.text.part('\n');
        } else if ahead > WORD_GAP * height {
            self.text.part(' ');
        }
    }
}

impl Device<'_> for Reader<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.letter(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
