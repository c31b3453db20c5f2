package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.Step;
import io.llama3v.image.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs the steps of one pass over batches of one shard. A record that a step drops is seen by no later one. */
final class PassRunner {
  /** The note that a caption was removed, added or changed since reading. */
  static final String CAPTIONS = "captions";
  private static final String EDITED = "edited";
  private final Pass pass;
  private final Object global;
  private final StepClock clock;

  /** @param global result of the reduction that {@code pass.decides()} decides with, or null */
  PassRunner(Pass pass, Object global, StepClock clock) {
    this.pass = pass;
    this.global = global;
    this.clock = clock;
  }

  /** The batch after all steps, in its order. */
  List<CurationRecord> run(List<Candidate> batch) throws IOException {
    List<Candidate> now = new ArrayList<>(batch);
    if (pass.decides() != null) {
      decide(pass.decides(), now, global);
    }
    for (Step<?> step : pass.whole()) {
      measure(step, now);
      decide(step, now, null);
    }
    if (pass.measures() != null) {
      measure(pass.measures(), now);
    }
    return now.stream().map(Candidate::record).toList();
  }

  private void measure(Step<?> step, List<Candidate> all) throws IOException {
    long start = System.nanoTime();
    List<Integer> places = new ArrayList<>();
    List<Candidate> live = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).record().kept() && (!step.needsPictures() || decodes(all, i))) {
        places.add(i);
        live.add(all.get(i));
      }
    }
    start = clock.add(StepClock.DECODE, start);
    if (live.isEmpty()) {
      return;
    }
    List<CurationRecord> measured = step.measure(live);
    clock.add(step.name(), start);
    if (measured.size() != live.size()) {
      throw new IllegalStateException("step '" + step.name() + "' gave " + measured.size() + " records for " + live.size());
    }
    for (int k = 0; k < live.size(); k++) {
      put(step, all, places.get(k), measured.get(k));
    }
  }

  @SuppressWarnings("unchecked")
  private <G> void decide(Step<G> step, List<Candidate> all, Object global) {
    long start = System.nanoTime();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).record().kept()) {
        put(step, all, i, step.decide(all.get(i).record(), (G) global).withoutFeatures());
      }
    }
    clock.add(step.name(), start);
  }

  private static void put(Step<?> step, List<Candidate> all, int place, CurationRecord record) {
    CurationRecord before = all.get(place).record();
    if (!record.id().equals(before.id()) || record.index() != before.index()) {
      throw new IllegalStateException("step '" + step.name() + "' gave a record for '" + record.id() + "' in the place of '" + before.id() + "'");
    }
    if (!record.kept() && !record.drop().step().equals(step.name())) {
      throw new IllegalStateException("step '" + step.name() + "' dropped '" + record.id() + "' in the name of '" + record.drop().step()
          + "'; the funnel counts by name: pass name() to dropped()");
    }
    boolean edited = !record.captions().equals(before.captions());
    all.set(place, all.get(place).with(edited ? record.withNote(CAPTIONS, EDITED) : record));
  }

  private static boolean decodes(List<Candidate> all, int place) {
    Candidate candidate = all.get(place);
    try {
      candidate.image();
      return true;
    } catch (ImageException e) {
      if (e.getCause() instanceof OutOfMemoryError) {
        // not the picture's fault: dropping it would make results depend on the heap
        throw new IllegalStateException(e.getMessage() + "; or lower rules.max_pixels", e);
      }
      String detail = e.getMessage().length() <= 300 ? e.getMessage() : e.getMessage().substring(0, 300);
      all.set(place, candidate.with(candidate.record().withNote("detail", detail).dropped(Drop.READ, "picture-damaged")));
      return false;
    }
  }
}
