//! callscope browser
