package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How far the work is.
 *
 * @param wanted answers that all items want
 * @param given of those, the ones that are there; skipped items give none
 * @param items all items
 * @param complete items that have all the answers they want
 * @param failed items that could not be drafted
 * @param clusters answered items by cluster, of all clusters that have items
 * @param people what each person did
 * @param ratings how often each rating was given, from -3 to 3
 * @param agreement between people
 */
public record Progress(long wanted, long given, int items, int complete, int failed, Map<Integer, Integer> clusters, List<Person> people,
    int[] ratings, Agreement agreement) {
  /**
   * One person's work.
   *
   * @param name as they gave it
   * @param edited drafts corrected or accepted
   * @param untouched of those, the ones accepted as they were
   * @param rated pairs rated
   * @param skipped items passed over
   * @param seconds median time in use on an item; NaN without any
   * @param distance mean normalised edit distance of the drafts that were corrected; NaN without any
   */
  public record Person(String name, int edited, int untouched, int rated, int skipped, double seconds, double distance) {}

  /** Of a store as it is now. */
  public static Progress of(AnnotationStore store) throws IOException {
    List<Item> items = store.items().all();
    List<Answer> answers = store.answers().last();
    Map<Integer, Integer> clusterOf = store.pictures().clusters();
    Map<Integer, Set<Integer>> done = new HashMap<>();
    int[] ratings = new int[2 * Reply.Rated.MOST + 1];
    for (Answer a : answers) {
      if (!(a.reply() instanceof Reply.Skipped)) done.computeIfAbsent(a.item(), i -> new TreeSet<>()).add(a.annotator());
      if (a.reply() instanceof Reply.Rated rated) ratings[rated.rating() + Reply.Rated.MOST]++;
    }
    Map<Integer, Integer> clusters = new TreeMap<>();
    long wanted = 0;
    long given = 0;
    int complete = 0;
    for (Item item : items) {
      if (item.state() == Item.State.FAILED) continue;
      int people = done.getOrDefault(item.id(), Set.of()).size();
      wanted += item.people();
      given += Math.min(people, item.people());
      if (people >= item.people()) complete++;
      clusters.merge(clusterOf.get(item.picture()), people > 0 ? 1 : 0, Integer::sum);
    }
    List<Person> people = store.annotators().all().stream().map(person -> person(person.name(),
        answers.stream().filter(a -> a.annotator() == person.id()).toList())).toList();
    return new Progress(wanted, given, items.size(), complete, (int) items.stream().filter(i -> i.state() == Item.State.FAILED).count(),
        clusters, people, ratings, Agreement.of(answers));
  }

  private static Person person(String name, List<Answer> answers) {
    Map<Class<?>, List<Answer>> by = answers.stream().collect(Collectors.groupingBy(a -> a.reply().getClass()));
    List<Answer> edited = by.getOrDefault(Reply.Edited.class, List.of());
    int untouched = (int) edited.stream().filter(a -> a.distance() == 0).count();
    double[] seconds = answers.stream().filter(a -> !(a.reply() instanceof Reply.Skipped)).mapToDouble(a -> a.activeMillis() / 1e3).sorted().toArray();
    return new Person(name, edited.size(), untouched, by.getOrDefault(Reply.Rated.class, List.of()).size(),
        by.getOrDefault(Reply.Skipped.class, List.of()).size(), median(seconds),
        edited.stream().mapToDouble(Answer::distance).average().orElse(Double.NaN));
  }

  private static double median(double[] sorted) {
    if (sorted.length == 0) return Double.NaN;
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** As the progress page reads it; what is undefined is null. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("wanted", wanted).put("given", given).put("items", items).put("complete", complete)
        .put("failed", failed);
    ObjectNode byCluster = json.putObject("clusters").put("all", clusters.size())
        .put("seen", clusters.values().stream().filter(n -> n > 0).count());
    byCluster.put("least", clusters.values().stream().mapToInt(Integer::intValue).min().orElse(0));
    byCluster.put("most", clusters.values().stream().mapToInt(Integer::intValue).max().orElse(0));
    ArrayNode rows = json.putArray("people");
    for (Person p : people) {
      ObjectNode row = rows.addObject().put("name", p.name).put("edited", p.edited).put("untouched", p.untouched).put("rated", p.rated)
          .put("skipped", p.skipped);
      put(row, "seconds", p.seconds);
      put(row, "distance", p.distance);
    }
    ArrayNode histogram = json.putArray("ratings");
    Arrays.stream(ratings).forEach(histogram::add);
    ObjectNode agree = json.putObject("agreement").put("rated", agreement.rated()).put("edited", agreement.edited());
    put(agree, "ordinal", agreement.ordinal());
    put(agree, "interval", agreement.interval());
    put(agree, "same_side", agreement.sameSide());
    put(agree, "distance", agreement.distance());
    return json;
  }

  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) json.put(key, value);
    else json.putNull(key);
  }
}
