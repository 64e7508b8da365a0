//! The check of all exercises: begun, followed, and stopped.

use super::Watch;
use super::check_view::{CheckAll, CheckRow, CheckStage};
use super::state::View;
use crate::commands::test_all::Came;
use crate::learner::progress::State as Stage;

/// What a check of all exercises tells of one of them.
pub enum Checked {
    /// What is done about it: a line of cargo's progress, or nothing once its tests run.
    Doing(String),
    /// What it came to, and sentences for the learner.
    Came(Came, Vec<String>),
}

impl Watch {
    /// Runs every exercise that has been started, instead of what may be running.
    pub fn check_all(&mut self) {
        // Others than the exercise at hand may have been edited.
        self.remember();
        let state = &mut self.state;
        let interrupted = state.running.take().is_some();
        let mut rows = Vec::new();
        let mut started = Vec::new();
        for (place, exercise) in state.catalogue.exercises.iter().enumerate() {
            let untouched = state.stages[place] == Stage::Untouched;
            if !untouched {
                started.push((place, exercise.clone()));
            }
            let came = untouched.then_some(Came::Untouched);
            rows.push(CheckRow { name: exercise.name.clone(), came });
        }
        let number = self.runner.start_all(started);
        state.check =
            Some(CheckAll { number, rows, doing: None, stage: CheckStage::UnderWay, interrupted });
        state.show(View::Check);
    }

    /// Takes note of what is said of the exercise in this row.
    pub fn checked(&mut self, number: u64, place: usize, checked: Checked) {
        let Some(check) = self.state.check_under_way(number) else { return };
        match checked {
            Checked::Doing(doing) => check.doing = Some((place, doing)),
            Checked::Came(came, notices) => {
                check.rows[place].came = Some(came);
                self.state.messages.extend(notices);
                self.remember();
            }
        }
    }

    /// Takes note that all have been run.
    pub fn check_ended(&mut self, number: u64) {
        let Some(check) = self.state.check_under_way(number) else { return };
        check.stage = CheckStage::Ended;
        let interrupted = check.interrupted;
        self.tell_the_board();
        if interrupted {
            self.start();
        }
    }

    /// Ends it before all have been run. What was found so far is kept.
    pub fn stop_check(&mut self) {
        if let Some(interrupted) = self.state.stop_check() {
            self.runner.cancel();
            if interrupted {
                self.start();
            }
        }
    }
}
