package io.llama3v.train.checkpoint;

import io.llama3v.io.AtomicFiles;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one stage in one folder: {@code step_N} folders and the file {@code latest}, which names the newest.
 *
 * <p>A checkpoint is written into a temporary folder, every file is forced to disk and listed with its SHA-256, and the folder is
 * renamed in one step; only after it was read back and found intact are older ones deleted. So at every moment, a kill or power
 * failure included, the newest {@code step_N} is whole. Damage that happens later is found when it is read.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final String LATEST = "latest";
  private static final Pattern STEP = Pattern.compile("step_(\\d{1,18})");
  private static final Pattern TEMPORARY = Pattern.compile("\\.step_\\d+\\.tmp-(\\d{1,18})-[0-9a-f]+");

  /** What to do about a damaged checkpoint that is newer than an intact one. */
  public enum Damage {
    /** Fail, naming file and reason. */
    REFUSE,
    /** Fall back to the newest intact one, and say so. Where none is intact it is an error all the same. */
    PASS_OVER
  }

  private final Path folder;
  private final int keepLast;
  private final SaveStep.Observer observer;

  /**
   * The checkpoints in a folder, which need not exist yet.
   *
   * @param keepLast how many to keep, at least 1
   */
  public CheckpointStore(Path folder, int keepLast) {
    this(folder, keepLast, step -> { });
  }

  /** The same, with an observer of every save. */
  public CheckpointStore(Path folder, int keepLast, SaveStep.Observer observer) {
    if (keepLast < 1) throw new IllegalArgumentException("keepLast is " + keepLast + ": keep at least 1 checkpoint");
    this.folder = folder;
    this.keepLast = keepLast;
    this.observer = observer;
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /**
   * Writes {@code step_N}, makes it the latest and deletes those beyond the number to keep.
   *
   * @param ema the moving average, or null
   * @return the new folder
   */
  public Path save(RunState state, AdamW optimizer, Ema ema) throws IOException {
    Files.createDirectories(folder);
    removeAbandoned();
    Path target = folder.resolve("step_" + state.step());
    setDamagedAside(state.step());
    if (Files.exists(target)) {
      throw new CheckpointException(target, "exists already and is intact; this run did not resume from it. Resume, or use a fresh folder");
    }
    Path temporary = AtomicFiles.temporarySibling(target);
    Files.createDirectory(temporary);
    try {
      observer.reached(SaveStep.FOLDER_MADE);
      Checkpoint.write(temporary, state, optimizer, ema, observer);
      observer.reached(SaveStep.MANIFEST_WRITTEN);
      AtomicFiles.forceFolder(temporary);
      observer.reached(SaveStep.FOLDER_FORCED);
      AtomicFiles.publish(temporary, target);
    } catch (IOException | RuntimeException failed) {
      AtomicFiles.deleteTree(temporary);
      // A full disk says neither which file nor what became of the rest.
      if (failed instanceof IOException && !(failed instanceof CheckpointException)) {
        throw new IOException(target + " could not be written: " + failed.getMessage()
            + "; what was saved before is whole. Mend that, and the same command goes on from there", failed);
      }
      throw failed;
    }
    observer.reached(SaveStep.PUBLISHED);
    AtomicFiles.writeString(folder.resolve(LATEST), target.getFileName() + "\n");
    observer.reached(SaveStep.POINTER_WRITTEN);
    Manifest.verify(target);
    prune();
    return target;
  }

  /** The newest checkpoint, or nothing if there has been none: as {@link #latest(Damage)} with {@link Damage#REFUSE}. */
  public Optional<Checkpoint> latest() throws IOException {
    return latest(Damage.REFUSE);
  }

  /**
   * The newest checkpoint, after comparing every file with its manifest.
   *
   * @return nothing only if the folder has never held a checkpoint
   * @throws CheckpointException if the newest is damaged (or the one that {@code latest} names is gone) and may not be passed over,
   *     or if none is intact
   */
  public Optional<Checkpoint> latest(Damage damage) throws IOException {
    List<String> passedOver = new ArrayList<>();
    List<Long> steps = steps();
    missingLatest(steps).ifPresent(passedOver::add);
    refuse(damage, passedOver);
    for (long step : steps) {
      try {
        Checkpoint found = Checkpoint.open(folder.resolve("step_" + step));
        passedOver.forEach(reason -> LOG.warn("passed over a damaged checkpoint: {}", reason));
        return Optional.of(new Checkpoint(found.folder(), found.state(), passedOver));
      } catch (IOException damaged) {
        passedOver.add(damaged.getMessage());
        refuse(damage, passedOver);
      }
    }
    if (passedOver.isEmpty()) return Optional.empty();
    throw new CheckpointException(folder, "no checkpoint is intact, and a run never starts from scratch by itself: "
        + String.join("; ", passedOver) + ". To begin anew, delete the folder");
  }

  private void refuse(Damage damage, List<String> passedOver) throws CheckpointException {
    if (damage == Damage.REFUSE && !passedOver.isEmpty()) {
      throw new CheckpointException(folder, "the newest checkpoint is damaged: " + passedOver.get(0)
          + ". To fall back to the newest intact one, resume with --resume=auto");
    }
  }

  private Optional<String> missingLatest(List<Long> steps) throws IOException {
    Path pointer = folder.resolve(LATEST);
    if (!Files.exists(pointer) || Files.size(pointer) > 64) return Optional.empty();
    Matcher name = STEP.matcher(Files.readString(pointer, StandardCharsets.ISO_8859_1).strip());
    if (!name.matches() || steps.contains(Long.parseLong(name.group(1)))) return Optional.empty();
    return Optional.of(folder.resolve(name.group()) + ": is missing, though " + LATEST + " names it");
  }

  /** Steps of all checkpoints, newest first. */
  public List<Long> steps() throws IOException {
    return entries().stream().map(path -> STEP.matcher(path.getFileName().toString())).filter(Matcher::matches)
        .map(name -> Long.parseLong(name.group(1))).sorted(Comparator.reverseOrder()).toList();
  }

  private void prune() throws IOException {
    List<Long> steps = steps();
    for (long step : steps.subList(Math.min(keepLast, steps.size()), steps.size())) {
      Path old = folder.resolve("step_" + step);
      // Renamed first: a folder deleted by halves must not look like a checkpoint.
      Path doomed = AtomicFiles.temporarySibling(old);
      AtomicFiles.publish(old, doomed);
      observer.reached(SaveStep.OLD_SET_ASIDE);
      AtomicFiles.deleteTree(doomed);
    }
  }

  /** Damaged checkpoints at or after the step that is now being saved were passed over: they are kept under another name. */
  private void setDamagedAside(long from) throws IOException {
    for (long step : steps()) {
      if (step < from) return;
      Path path = folder.resolve("step_" + step);
      try {
        Checkpoint.open(path);
      } catch (IOException damaged) {
        Path aside = folder.resolve("damaged_step_" + step);
        AtomicFiles.deleteTree(aside);
        AtomicFiles.publish(path, aside);
        LOG.warn("kept the damaged checkpoint as {}: {}", aside, damaged.getMessage());
      }
    }
  }

  /** Deletes temporary folders of processes that died while saving. */
  private void removeAbandoned() throws IOException {
    for (Path path : entries()) {
      Matcher name = TEMPORARY.matcher(path.getFileName().toString());
      if (name.matches() && isAbandoned(Long.parseLong(name.group(1)))) AtomicFiles.deleteTree(path);
    }
  }

  /** In a container every run has the same process id: what bears this one's, before it has begun to save, is its predecessor's. */
  private static boolean isAbandoned(long process) {
    return process == ProcessHandle.current().pid() || ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty();
  }

  private List<Path> entries() throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
