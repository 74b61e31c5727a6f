//! The JavaScript beside this module, and the canvas it draws on.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

use super::backend::OpList;

#[wasm_bindgen(module = "/src/chart/replay.js")]
extern "C" {
    /// Draws operations on a canvas, which it clears.
    fn replay(canvas: &HtmlCanvasElement, ops: &[f32], texts: &str, font: &str);

    /// The width of a text in device pixels.
    fn measure(canvas: &HtmlCanvasElement, text: &str, size: f64, bold: bool, font: &str) -> f64;

    /// The font family that the page's style gives an element.
    #[wasm_bindgen(js_name = fontOf)]
    fn font_of(canvas: &HtmlCanvasElement) -> String;
}

/// A canvas with what is drawn on it again and again.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    font: Rc<RefCell<String>>,
    ops: Rc<RefCell<OpList>>,
}

impl Canvas {
    pub(super) fn new(element: HtmlCanvasElement) -> Self {
        Self {
            element,
            font: Rc::default(),
            ops: Rc::default(),
        }
    }

    /// The list to draw on next, empty and of the size given, as is the canvas then.
    pub(super) fn prepare(&self, (width, height): (u32, u32)) -> &Rc<RefCell<OpList>> {
        // Setting a size, even the same, costs a new bitmap.
        if (self.element.width(), self.element.height()) != (width, height) {
            self.element.set_width(width);
            self.element.set_height(height);
        }
        self.ops.borrow_mut().reset(width, height);
        &self.ops
    }

    /// The list to draw on next, empty and of the size given, whatever the canvas's own.
    pub(super) fn prepare_part(&self, (width, height): (u32, u32)) -> &Rc<RefCell<OpList>> {
        self.ops.borrow_mut().reset(width, height);
        &self.ops
    }

    /// Takes the font of `styled`, which may have changed with the theme or by loading.
    pub(super) fn take_font_of(&self, styled: &HtmlCanvasElement) {
        *self.font.borrow_mut() = font_of(styled);
    }

    /// Shows what has been drawn on the list.
    pub(super) fn show(&self) {
        let ops = self.ops.borrow();
        replay(
            &self.element,
            ops.numbers(),
            ops.texts(),
            &self.font.borrow(),
        );
    }

    /// The width of a text in device pixels.
    pub(super) fn measure(&self, text: &str, size: f64, bold: bool) -> f64 {
        measure(&self.element, text, size, bold, &self.font.borrow())
    }

    pub(super) fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }
}
