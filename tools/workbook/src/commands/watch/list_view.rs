//! The list of exercises: what it shows, which exercise is chosen, and its keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What the list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListView {
    /// Which exercises, by how far they are.
    pub filter: Filter,
    /// Only those that mention this word.
    pub word: String,
    /// Whether letters are for the word, or keys.
    pub searching: bool,
    /// The place of the chosen one among those that are shown.
    pub chosen: usize,
}

/// Which exercises are shown, by how far they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    All,
    /// The solved ones.
    Done,
    /// Those that are not solved.
    Pending,
}

/// What a key in the list asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListAsk {
    /// Show the list as it is now.
    Draw,
    /// Leave it.
    Back,
    /// Go to the chosen exercise.
    Go,
    /// Reset the chosen exercise.
    Reset,
    /// Run every exercise that has been started.
    CheckAll,
    /// End the command.
    Quit,
}

impl Filter {
    /// All filters, as they stand on the screen.
    pub const ALL: [Self; 3] = [Self::All, Self::Done, Self::Pending];

    /// Its name for the learner.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Done => "done",
            Self::Pending => "pending",
        }
    }

    /// Whether it shows an exercise that is solved, or one that is not.
    pub fn shows(self, solved: bool) -> bool {
        match self {
            Self::All => true,
            Self::Done => solved,
            Self::Pending => !solved,
        }
    }
}

impl ListView {
    /// All exercises, with this one chosen.
    pub fn at(chosen: usize) -> Self {
        Self { filter: Filter::All, word: String::new(), searching: false, chosen }
    }

    /// Takes a key. `page`: how many exercises the screen has room for. The chosen place may be past
    /// the end afterwards.
    pub fn key(&mut self, key: KeyEvent, page: usize) -> ListAsk {
        match key.code {
            KeyCode::Up => self.chosen = self.chosen.saturating_sub(1),
            KeyCode::Down => self.chosen = self.chosen.saturating_add(1),
            KeyCode::PageUp => self.chosen = self.chosen.saturating_sub(page),
            KeyCode::PageDown => self.chosen = self.chosen.saturating_add(page),
            KeyCode::Home => self.chosen = 0,
            KeyCode::End => self.chosen = usize::MAX,
            KeyCode::Enter => return ListAsk::Go,
            KeyCode::Esc if self.searching => self.search_for(String::new(), false),
            KeyCode::Esc => return ListAsk::Back,
            KeyCode::Backspace if self.searching => {
                let mut word = self.word.clone();
                let goes_on = word.pop().is_some();
                self.search_for(word, goes_on);
            }
            KeyCode::Char(_)
                if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {}
            KeyCode::Char(c) if self.searching => {
                let word = format!("{}{c}", self.word);
                self.search_for(word, true);
            }
            KeyCode::Char(c) => return self.letter(c),
            _ => {}
        }
        ListAsk::Draw
    }

    fn search_for(&mut self, word: String, searching: bool) {
        self.word = word;
        self.searching = searching;
        self.chosen = 0;
    }

    fn letter(&mut self, letter: char) -> ListAsk {
        match letter {
            'g' => self.chosen = 0,
            'G' => self.chosen = usize::MAX,
            '/' => self.searching = true,
            // With caps lock on, the same keys are meant.
            _ => match letter.to_ascii_lowercase() {
                'j' => self.chosen = self.chosen.saturating_add(1),
                'k' => self.chosen = self.chosen.saturating_sub(1),
                'd' => self.toggle(Filter::Done),
                'p' => self.toggle(Filter::Pending),
                'a' => self.filter = Filter::All,
                'c' => return ListAsk::CheckAll,
                'x' => return ListAsk::Reset,
                'l' => return ListAsk::Back,
                'q' => return ListAsk::Quit,
                _ => {}
            },
        }
        ListAsk::Draw
    }

    /// The same key shows everything again.
    fn toggle(&mut self, filter: Filter) {
        self.filter = if self.filter == filter { Filter::All } else { filter };
    }
}
