import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.transport.Netty4Plugin;

/**
 * Runs an OpenSearch node with the settings of an opensearch.yml, until it is ended. OpenSearchRunner's own main takes neither
 * settings nor a port above 9299. Scripts (Painless) are left out: they take half of the time that a start takes.
 */
public final class OpenSearchNode {
    /** Arguments: the node's name, and the folder that holds config/opensearch.yml and config/log4j2.properties. */
    public static void main(String[] args) throws Exception {
        var name = args[0];
        var home = Path.of(args[1]).toAbsolutePath();
        var settings = Settings.builder().put("path.home", home.toString()).build();
        var environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> name);
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment);
        var node = new OpenSearchRunnerNode(
            environment,
            List.of(
                Netty4Plugin.class,
                CommonAnalysisPlugin.class,
                MapperExtrasPlugin.class,
                ReindexPlugin.class
            )
        );
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception problem) {
                problem.printStackTrace();
            }
        }));
        node.start();
        // A node's own threads are daemons.
        new CountDownLatch(1).await();
    }
}
