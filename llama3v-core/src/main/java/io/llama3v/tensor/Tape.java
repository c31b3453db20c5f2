package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import java.util.ArrayList;
import java.util.List;

/**
 * Records operations so that {@link #backward} can run them in reverse (reverse-mode automatic differentiation).
 *
 * <pre>{@code
 * try (Tape tape = Tape.record(backend)) {
 *   Tensor loss = model.loss(batch);
 *   tape.backward(loss);
 * }
 * }</pre>
 *
 * Only operations with an operand that needs a gradient are recorded: a frozen parameter costs no weight gradient, and blocks
 * before the first trainable one cost no backward at all. A tape is also a {@link Scope}. {@code backward} consumes it: every
 * activation is released as soon as the last operation that needs it has run backward; afterwards only the loss and tensors
 * named to {@link #keep} may be used.
 */
public final class Tape extends Scope {
  /** The backward half of an operation: turns the output's gradient into contributions to the inputs' gradients. */
  @FunctionalInterface
  public interface Backward {
    /** Calls {@code addGrad} or fills {@code gradBuffer} of every input that needs a gradient. */
    void run(Tensor outputGrad);
  }

  private record Node(String name, Tensor output, List<Storage> saved, Backward backward) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Tape outer;
  private int backwardCalls;

  private Tape(Backend backend) {
    super(backend);
    this.outer = backend.currentTape();
    backend.setTape(this);
  }

  /** Opens a tape on a backend; the previous one, if any, pauses until this one closes. */
  public static Tape record(Backend backend) {
    return new Tape(backend);
  }

  /**
   * Called by operations: notes how to run {@code output}'s operation backward, if a tape is open and an input needs a gradient.
   *
   * @param saved tensors that {@code backward} reads; kept alive until it has run
   * @return {@code output}
   */
  public static Tensor note(String name, Tensor output, Tensor[] inputs, Tensor[] saved, Backward backward) {
    Tape tape = output.backend().currentTape();
    if (tape == null) return output;
    boolean needed = false;
    for (Tensor input : inputs) needed |= input != null && input.needsGrad();
    return needed ? noteNeeded(name, output, saved, backward) : output;
  }

  /** As {@link #note}, for a caller that knows that a gradient is needed. Call it only while a tape is open. */
  static Tensor noteNeeded(String name, Tensor output, Tensor[] saved, Backward backward) {
    Tape tape = output.backend().currentTape();
    output.requireGrad(true);
    List<Storage> held = new ArrayList<>(saved.length);
    // Parameters outlive every tape: only activations are counted.
    for (Tensor t : saved) if (t != null && !(t instanceof Parameter)) held.add(t.storage().retain());
    tape.nodes.add(new Node(name, output, held, backward));
    return output;
  }

  /** Number of operations recorded so far: 0 where nothing trains. */
  public int size() {
    return nodes.size();
  }

  /** Number of operations that have been run backward. */
  public int backwardCalls() {
    return backwardCalls;
  }

  /** Runs backward from a scalar with gradient 1. */
  public void backward(Tensor loss) {
    if (loss.elements() != 1) {
      throw new IllegalArgumentException("backward starts from a scalar; this tensor has shape " + Shape.text(loss.shape()));
    }
    try (Tensor one = backend().detached(loss.type(), loss.shape())) {
      backend().kernels().fill(one, 1);
      backward(loss, one);
    }
  }

  /**
   * Runs backward from any tensor with a given gradient of the same shape, and consumes the tape.
   *
   * @throws IllegalStateException if no recorded operation leads to {@code output}: nothing it depends on is trainable
   */
  public void backward(Tensor output, Tensor outputGrad) {
    if (!output.needsGrad() || nodes.isEmpty()) {
      throw new IllegalStateException("nothing to differentiate: no trainable parameter leads to this tensor");
    }
    output.addGrad(outputGrad);
    backend().setTape(null);
    String around = backend().runningBackward();
    releaseOwned(output.storage());
    try {
      for (int i = nodes.size() - 1; i >= 0; i--) {
        Node node = nodes.set(i, null);
        try {
          if (node.output.grad() != null) {
            backend().setRunningBackward(node.name);
            try (Scope scratch = new Scope(backend())) {
              node.backward.run(node.output.grad());
            }
            backwardCalls++;
          }
        } finally {
          discard(node);
        }
      }
    } finally {
      nodes.removeIf(n -> n == null);
      backend().setTape(this);
      backend().setRunningBackward(around);
    }
  }

  private static void discard(Node node) {
    node.output.clearGrad();
    for (Storage s : node.saved) s.release();
  }

  @Override
  public void close() {
    for (Node node : nodes) discard(node);
    nodes.clear();
    if (backend().currentTape() == this) backend().setTape(outer);
    super.close();
  }
}
