package io.llama3v.data.document.chart;

import io.llama3v.data.corpus.Draw;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Invents tables: what is counted, by what, and values that can be told apart on a chart. */
public final class TableMaker {
  private static final List<String> THINGS = List.of("visitors", "parcels", "bicycles", "tickets", "loaves", "books lent", "meals", "trees planted",
      "calls", "repairs", "lessons", "boats", "letters", "lamps sold", "umbrellas", "guests", "kites", "jars of honey", "trains", "concerts");
  private static final List<String> PLACES = List.of("Harbour Museum", "North Mill", "Old Library", "River Station", "Hill School", "Market Hall",
      "Lake Ferry", "Town Bakery", "Garden Centre", "Castle Road", "East Depot", "Corner Workshop", "Bridge Theatre", "Park Hotel");
  private static final List<String> SERIES = List.of("Adults", "Children", "Members", "Morning", "Evening", "Online", "In person", "Red", "Blue",
      "North", "South", "New", "Used", "Local", "Abroad");
  private static final List<List<String>> GROUPS = List.of(
      List.of("month", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
      List.of("day", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
      List.of("quarter", "Q1", "Q2", "Q3", "Q4"),
      List.of("year", "2015", "2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024"));
  private static final List<List<String>> KINDS = List.of(
      List.of("fruit", "Apples", "Pears", "Plums", "Cherries", "Grapes", "Figs", "Melons"),
      List.of("town", "Aldby", "Brook", "Carn", "Dunmore", "Elton", "Farley", "Gask"),
      List.of("team", "Foxes", "Otters", "Hawks", "Badgers", "Herons", "Lynxes"),
      List.of("room", "Hall", "Cellar", "Attic", "Tower", "Yard", "Kitchen"));

  private TableMaker() {}

  /** A table that suits a kind of chart. */
  public static DataTable make(Draw draw, ChartKind kind) {
    boolean inTime = kind == ChartKind.LINE || kind == ChartKind.AREA || !kind.single() && kind != ChartKind.SCATTER && draw.chance(0.4);
    String thing = draw.of(THINGS);
    String place = draw.of(PLACES);
    String rowName;
    List<String> rows;
    if (kind == ChartKind.SCATTER) {
      rowName = draw.of(List.of("hour", "distance", "age", "price"));
      rows = ascending(draw, draw.between(6, 14));
    } else {
      List<String> group = draw.of(inTime ? GROUPS : KINDS);
      rowName = group.get(0);
      List<String> all = group.subList(1, group.size());
      int count = Math.min(all.size(), draw.between(kind.single() ? 3 : 4, kind.single() ? 6 : 8));
      int from = inTime ? draw.below(all.size() - count + 1) : 0;
      rows = inTime ? all.subList(from, from + count) : draw.shuffled(all).subList(0, count);
    }
    int series = kind.single() || kind == ChartKind.AREA ? 1 : kind == ChartKind.STACKED_BAR ? draw.between(2, 3) : draw.chance(0.5) ? 1 : draw.between(2, 3);
    List<String> names = series == 1 ? List.of(capital(thing)) : draw.shuffled(SERIES).subList(0, series);
    int step = draw.of(List.of(1, 1, 2, 5, 10, 50, 100));
    List<DataTable.Column> columns = new ArrayList<>();
    for (String name : names) columns.add(new DataTable.Column(name, values(draw, rows.size(), step)));
    String title = draw.of(List.of("%s at %s", "%s, %s", "%s of %s")).formatted(capital(thing), place);
    return new DataTable(draw.chance(0.5) ? title : title + " by " + rowName, rowName, thing, rows, columns);
  }

  /** Multiples of a step, no two in a series the same. */
  private static List<BigDecimal> values(Draw draw, int count, int step) {
    Set<Integer> values = new LinkedHashSet<>();
    while (values.size() < count) values.add(draw.between(2, 40));
    return values.stream().map(v -> BigDecimal.valueOf((long) v * step)).toList();
  }

  private static List<String> ascending(Draw draw, int count) {
    List<String> numbers = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < count; i++) {
      at += draw.between(1, 4);
      numbers.add(Integer.toString(at));
    }
    return numbers;
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
