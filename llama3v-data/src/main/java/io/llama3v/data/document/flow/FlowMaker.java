package io.llama3v.data.document.flow;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.Turn;
import java.util.ArrayList;
import java.util.List;

/** Invents flow charts, and asks about them. */
public final class FlowMaker {
  private static final List<String> STEPS = List.of("Fetch the key", "Open the gate", "Fill the kettle", "Read the list", "Weigh the flour", "Call the office",
      "Print the form", "Sign the form", "Load the boat", "Check the rope", "Light the lamp", "Sweep the hall", "Count the chairs", "Water the plants",
      "Pack the parcel", "Post the letter");
  private static final List<String> QUESTIONS = List.of("Is it open?", "Is it raining?", "Is it heavy?", "Is there time?", "Is it ready?", "Is it paid?",
      "Is it dry?", "Is it full?");
  private static final List<String> ENDS = List.of("Wait a day", "Go home", "Ask for help", "Start again", "Try the shop", "Leave a note", "Use the stairs",
      "Close the book");

  private FlowMaker() {}

  /** A chart of three to six nodes, no two with the same text, up to two of them decisions. */
  public static FlowChart make(Draw draw) {
    int size = draw.between(3, 6);
    List<String> steps = draw.shuffled(STEPS);
    List<String> asked = draw.shuffled(QUESTIONS);
    List<String> ends = draw.shuffled(ENDS);
    int decisions = 0;
    List<FlowChart.Node> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      boolean decision = i > 0 && i < size - 1 && decisions < 2 && draw.chance(0.5);
      nodes.add(decision ? new FlowChart.Node(asked.get(decisions), ends.get(decisions++)) : new FlowChart.Node(steps.get(i), null));
    }
    return new FlowChart(nodes);
  }

  /** The chart in Mermaid, and where its ways lead. */
  public static List<Turn> ask(Draw draw, FlowChart chart) {
    List<Turn> turns = new ArrayList<>();
    turns.add(new Turn("flow", draw.of(List.of("Write the flow chart in Mermaid.", "Transcribe the flow chart as Mermaid code.")), chart.mermaid()));
    turns.add(new Turn("decisions", "How many decisions does the flow chart have?",
        Long.toString(chart.nodes().stream().filter(FlowChart.Node::decision).count())));
    int at = draw.below(chart.nodes().size() - 1);
    FlowChart.Node node = chart.nodes().get(at);
    String next = chart.nodes().get(at + 1).text();
    if (node.decision()) {
      boolean yes = draw.chance(0.5);
      turns.add(new Turn("branch", "What follows if the answer to \"" + node.text() + "\" is " + (yes ? "yes" : "no") + "?", yes ? next : node.no()));
    } else {
      turns.add(new Turn("next", "What follows after \"" + node.text() + "\"?", next));
    }
    return turns;
  }
}
