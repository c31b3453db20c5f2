package io.llama3v.train.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The differences between the settings of a checkpoint and those of the run that wants to resume from it. */
public final class ConfigChanges {
  private ConfigChanges() {}

  /** One line a setting that was changed, added or removed; settings in {@code allowed} may differ. */
  public static List<String> between(Map<String, String> saved, Map<String, String> present, Set<String> allowed) {
    TreeSet<String> keys = new TreeSet<>(saved.keySet());
    keys.addAll(present.keySet());
    List<String> changes = new ArrayList<>();
    for (String key : keys) {
      String before = saved.get(key);
      String now = present.get(key);
      if (allowed.contains(key) || before != null && before.equals(now)) continue;
      changes.add(key + (before == null ? " was not set" : " was " + before) + ", " + (now == null ? "is not set now" : "is now " + now));
    }
    return changes;
  }

  /**
   * Refuses a resume under other settings.
   *
   * @return the differences that are allowed, in words, to be recorded
   * @throws CheckpointException that lists the others
   */
  public static List<String> refuse(Checkpoint checkpoint, Map<String, String> present, Set<String> allowed) throws CheckpointException {
    Map<String, String> saved = checkpoint.state().config();
    List<String> changes = between(saved, present, allowed);
    if (!changes.isEmpty()) {
      throw new CheckpointException(checkpoint.folder(), "was made under other settings:\n  " + String.join("\n  ", changes)
          + "\nSet them back, allow each by name (--allow-change=" + changes.get(0).split(" ", 2)[0]
          + "), or begin a new run in a fresh folder");
    }
    return between(saved, present, Set.of());
  }
}
