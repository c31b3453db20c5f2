package example;

import io.llama3v.backend.Backend;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.Random;

/** A module of one's own, and a training loop with nothing around it: a gate learns how much of a frozen layer to let through. */
public final class GateExample {
  /** A module of one's own: parameters and a forward, nothing else. */
  static final class Gate extends Module {
    private final Parameter gate = parameter("gate", zeros(1));

    Tensor forward(Tensor x, Tensor residual) {
      return residual.add(x.mul(gate.tanh()));
    }
  }

  /** {@code y = x + tanh(gate) · layer(x)}. */
  static final class Model extends Module {
    private final Linear layer = child("layer", new Linear(8, 8, true, 0.5));
    private final Gate gate = child("gate", new Gate());

    Tensor forward(Tensor x) {
      return gate.forward(layer.forward(x), x);
    }
  }

  private GateExample() {}

  /** Trains for some steps and returns the gate, tanh applied, which should come to 0.6. */
  static double train(Backend backend, int steps) {
    try (Model model = new Model()) {
      model.initialize(backend, 1);
      model.setTrainable(name -> name.startsWith("layer."), false);   // frozen: no gradient, no cost
      Parameter gate = model.parameters().get("gate.gate");
      Random random = new Random(7);
      for (int step = 0; step < steps; step++) {
        float[] values = new float[32 * 8];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        model.clearGrads();
        try (Tape tape = Tape.record(backend)) {
          Tensor x = backend.tensor(values, 32, 8);
          Tensor target = x.add(model.layer.forward(x).mul(0.6));
          Tensor error = model.forward(x).sub(target);
          tape.backward(error.mul(error).mean());
        }
        backend.kernels().axpy(-0.2, gate.grad(), gate);                // gradient descent, learning rate 0.2
      }
      return Math.tanh(gate.item());
    }
  }

  public static void main(String[] args) {
    try (Backend backend = Backend.best()) {
      System.out.printf("the gate lets %.3f through; 0.600 was to be found%n", train(backend, 200));
    }
  }
}
