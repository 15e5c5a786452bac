//! The fonts of pages: those of browsers, so that lines break where they do
//! there, and for all other scripts those of the system.

use std::sync::Arc;

use blitz_dom::FontContext;
use fontique::{Collection, CollectionOptions, FontInfoOverride, GenericFamily, SourceCache};
use peniko::Blob;

/// A family of fonts: its names, and its faces.
type Family = (&'static [&'static str], &'static [&'static [u8]]);

/// The file of a typeface whose letters all have one width: Liberation Mono.
pub const MONO: &[u8] = include_bytes!("../../../assets/fonts/LiberationMono-Regular.ttf");

const FAMILIES: &[Family] = &[
    (
        &["Liberation Sans", "Arial", "Helvetica"],
        &[
            include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSans-Bold.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSans-Italic.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSans-BoldItalic.ttf"),
        ],
    ),
    (
        &["Liberation Serif", "Times New Roman", "Times"],
        &[
            include_bytes!("../../../assets/fonts/LiberationSerif-Regular.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSerif-Bold.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSerif-Italic.ttf"),
            include_bytes!("../../../assets/fonts/LiberationSerif-BoldItalic.ttf"),
        ],
    ),
    (
        &["Liberation Mono", "Courier New", "Courier"],
        &[
            MONO,
            include_bytes!("../../../assets/fonts/LiberationMono-Bold.ttf"),
        ],
    ),
];

const GENERIC: &[(GenericFamily, &str)] = &[
    (GenericFamily::SansSerif, "Liberation Sans"),
    (GenericFamily::SystemUi, "Liberation Sans"),
    (GenericFamily::UiSansSerif, "Liberation Sans"),
    (GenericFamily::Serif, "Liberation Serif"),
    (GenericFamily::UiSerif, "Liberation Serif"),
    (GenericFamily::Monospace, "Liberation Mono"),
    (GenericFamily::UiMonospace, "Liberation Mono"),
];

/// All fonts. Looks for those of the system.
pub(super) fn all() -> FontContext {
    let mut collection = Collection::new(CollectionOptions {
        shared: false,
        system_fonts: true,
    });
    let bullets = Blob::new(Arc::new(blitz_dom::BULLET_FONT));
    collection.register_fonts(bullets, None);
    for (names, faces) in FAMILIES {
        for face in *faces {
            let bytes: Blob<u8> = Blob::new(Arc::new(*face));
            for &name in *names {
                let named = FontInfoOverride {
                    family_name: Some(name),
                    ..FontInfoOverride::default()
                };
                collection.register_fonts(bytes.clone(), Some(named));
            }
        }
    }
    for (generic, name) in GENERIC {
        if let Some(family) = collection.family_id(name) {
            let others: Vec<_> = collection.generic_families(*generic).collect();
            let families = std::iter::once(family).chain(others);
            collection.set_generic_families(*generic, families);
        }
    }
    FontContext {
        collection,
        source_cache: SourceCache::default(),
    }
}
