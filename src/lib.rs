//! The single-page app.

<<<<<<< HEAD
pub mod chart;
=======
pub mod demo;
>>>>>>> demo
