# Draws plot.png from the data blocks $latency and $render, which report.py puts before this script.
set terminal pngcairo size 1000,420 font "sans,9"
set output "plot.png"
set multiplot layout 1,2
set logscale y
set grid ytics lc rgb "#dddddd"
set key top left reverse Left samplen 2
set style data linespoints
set xrange [-0.3:*]
set offsets 0, 0.3, 0, 0
set xtics nomirror
set title "publish to view in another process"
set ylabel "microseconds"
set yrange [0.02:1e6]
plot $latency using 1:3:xtic(2) title "cache line, one way" lc rgb "#999999" dt 2 pt 0, \
     "" using 1:5 title "tachy, spinning" lc rgb "#d1495b" lw 2 pt 7, \
     "" using 1:8 title "tachy, sleeping" lc rgb "#d1495b" lw 2 pt 6, \
     "" using 1:7 title "unix socket, spinning" lc rgb "#00798c" pt 5, \
     "" using 1:10 title "unix socket, sleeping" lc rgb "#00798c" pt 4, \
     "" using 1:11 title "ZeroMQ ipc, sleeping" lc rgb "#edae49" pt 8, \
     "" using 1:12 title "memcpy alone" lc rgb "#999999" dt 3 pt 0
set title "time per frame"
set ylabel "milliseconds"
set yrange [*:*]
plot $render using 1:3:xtic(2) title "colour, not delivering" lc rgb "#999999" dt 2 pt 6, \
     "" using 1:4 title "colour" lc rgb "#00798c" pt 7, \
     "" using 1:5 title "three planes, not delivering" lc rgb "#edae49" dt 2 pt 6, \
     "" using 1:6 title "three planes" lc rgb "#d1495b" pt 7
unset multiplot
