//! Reads a file, a part at a time.

use std::io::Read;

use callscope_recording::{Error, Format, Input, Recording, internals};
use web_sys::Blob;

use crate::file::FileBytes;
use crate::post::Post;

/// How much is read between two looks at what the page says.
const CHUNK: usize = 256 << 10;

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct Reading {
    post: Post,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Unopened(FileBytes),
    /// As it comes; a `webrtc_internals_dump` that is packed as well, which is kept until it is over.
    Stream(Box<Input<FileBytes>>, Box<Recording>),
    /// A `webrtc_internals_dump`, read where it is.
    Internals(FileBytes),
    Over,
}

impl Reading {
    pub(crate) fn new(file: Blob, mut post: Post) -> Self {
        let file = FileBytes::new(file);
        post.follow(&file);
        Self {
            post,
            stage: Stage::Unopened(file),
        }
    }

    /// Reads the next part and posts it.
    pub(crate) fn go_on(&mut self) {
        match self.step() {
            Ok(next) => self.stage = next,
            Err(error) => self.post.fail(&error.to_string()),
        }
    }

    fn step(&mut self) -> Result<Stage, Error> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Unopened(file) => {
                let mut input = Box::new(Input::open(file.clone())?);
                let (head, format) = input.head()?;
                if format == Format::Internals && !input.is_packed() {
                    self.post.flush();
                    return Ok(Stage::Internals(file));
                }
                let mut recording = Box::new(Recording::new());
                recording.feed(&head, &mut self.post);
                self.post.flush();
                Ok(Stage::Stream(input, recording))
            }
            Stage::Stream(mut input, mut recording) => {
                let mut chunk = vec![0; CHUNK];
                let length = input.read(&mut chunk)?;
                if length > 0 {
                    recording.feed(chunk.get(..length).unwrap_or_default(), &mut self.post);
                    self.post.flush();
                    return Ok(Stage::Stream(input, recording));
                }
                let ended = recording.finish(&mut self.post)?;
                input.warn(&mut self.post);
                self.post.end(&ended.oddities);
                Ok(Stage::Over)
            }
            Stage::Internals(mut file) => {
                let ended = internals::read(&mut file, &mut self.post)?;
                self.post.end(&ended.oddities);
                Ok(Stage::Over)
            }
            Stage::Over => Ok(Stage::Over),
        }
    }
}
