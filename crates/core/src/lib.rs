//! callscope core
