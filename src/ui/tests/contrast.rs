//! Every pair of text and ground that meets on screen can be read.

use iced::Color;

use crate::ui::theme::{Tokens, palette};

fn luminance(colour: Color) -> f32 {
    let [r, g, b, _] = colour.into_linear();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// WCAG 2.2: from 1 to 21.
fn contrast(a: Color, b: Color) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn pairs(t: &Tokens) -> Vec<(&'static str, Color, Color)> {
    let grounds = [
        ("surface", t.surface),
        ("surface_dim", t.surface_dim),
        ("surface_raised", t.surface_raised),
        ("selection", t.selection),
        ("hover", t.hover),
        ("accent_soft", t.accent_soft),
    ];
    let mut pairs = vec![("on_accent on accent", t.on_accent, t.accent)];
    for (name, ground) in grounds {
        pairs.push((name, t.text, ground));
        pairs.push((name, t.text_weak, ground));
        pairs.push((name, t.accent, ground));
    }
    for ink in [t.text, t.text_weak] {
        pairs.push(("mark", ink, t.mark));
    }
    for ground in [t.surface, t.surface_dim, t.surface_raised] {
        pairs.push(("danger", t.danger, ground));
        pairs.push(("warning", t.warning, ground));
        pairs.push(("success", t.success, ground));
    }
    pairs
}

#[test]
fn every_text_can_be_read() {
    assert!((contrast(Color::BLACK, Color::WHITE) - 21.0).abs() < 0.01);
    for t in palette::ALL {
        for (name, ink, ground) in pairs(t) {
            let ratio = contrast(ink, ground);
            assert!(ratio >= 4.5, "{}: {name}: {ratio:.2}", t.name);
        }
        let dot = contrast(t.unread, t.surface);
        assert!(dot >= 3.0, "{}: unread dot: {dot:.2}", t.name);
    }
}
