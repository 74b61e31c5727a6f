//! callscope recording
